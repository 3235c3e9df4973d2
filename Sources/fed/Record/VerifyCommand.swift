import ArgumentParser
import Parameters
import RunStore
import Runs
import Simulation
import Terminal

/// `fed verify`: does a result hold?
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Run the result in a bundle again and say whether it holds.",
        discussion: """
            Needs the data of the run, and nothing else of where it was made. Exits with 0 if the claim holds, with 65 if \
            not. With --sample only some rounds are done again, chosen at random, and those between them and the nearest \
            model in the bundle.
            """)

    @Argument(help: "The bundle, written by fed bundle.")
    var bundle: String

    @Option(help: ArgumentHelp("Check so many rounds, chosen at random.", valueName: "rounds"))
    var sample: Int?

    @OptionGroup var recorded: RecordedRunOptions

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        if let sample, sample < 1 { throw ValidationError("--sample must be at least 1.") }
    }

    func run() async throws {
        let run = try await recorded.load(from: bundle)
        let report = ReplayReport(run, asJSON: json)
        report.say(claim(run))
        let all = Array(run.summary.firstRound..<run.summary.lastRound + 1)
        let chosen = sample.map { Array(all.shuffled().prefix($0)).sorted() }
        if let chosen {
            report.say(
                "checking round\(chosen.count == 1 ? "" : "s") \(chosen.map(String.init).joined(separator: ", "))")
        }
        let result = try await report.follow(trainings: run.trainings(in: chosen ?? all)) { watcher in
            let replay = Replay(of: run, watcher: watcher)
            if let chosen { return try await replay.rounds(chosen) }
            return try await replay.all()
        }
        try report.finish(result)
    }

    private func claim(_ run: RecordedRun) -> String {
        let details = run.summary.run.details
        let accuracy = run.summary.testAccuracy.map { ", test accuracy \(NumberFormat.percent($0))" } ?? ""
        return """
            claim: \(details.name), seed \(details.seed), \(details.model) on \(details.dataKind) \
            \(details.dataDigest.short)…, \(run.summary.roundsCommitted) rounds\(accuracy)
            model: sha256 \(run.summary.modelDigest)
            """
    }
}
