import ArgumentParser
import Programs

/// `fed`: experiments on one machine, the data, the record.
struct Fed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fed",
        abstract: "A federated-learning simulator whose clients are really networked.",
        subcommands: [
            BenchCommand.self, BundleCommand.self, CalibrateCommand.self, CertsCommand.self, CheckCommand.self,
            DataCommand.self,
            MethodsCommand.self, ReplayCommand.self, RunCommand.self, RunsCommand.self, ShowCommand.self,
            SweepCommand.self,
            TokensCommand.self, TrainCommand.self, VerifyCommand.self, WhatIfCommand.self,
        ])

    static func main() async {
        await runAndExit()
    }
}
