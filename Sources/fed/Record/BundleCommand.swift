import ArgumentParser
import Diagnostics
import Foundation
import RunStore
import Terminal

/// `fed bundle`: a run as one file.
struct BundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Write a run into one file, which anyone can verify.",
        discussion: """
            The file has the scenario, the digests of the data, of every update and every model, the metrics, the \
            versions and the models that the record keeps. It is a record itself: fed show, fed replay and sqlite3 read \
            it. Events, workers' names and folders stay behind.
            """)

    @Argument(help: "The record.")
    var database = "fed.sqlite"

    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String

    @Option(
        help: ArgumentHelp("The run's number, its ULID, or latest.", valueName: "run"),
        transform: RunSelector.named)
    var run: RunSelector = .latest

    @Flag(
        help:
            "Leave out the models between the first and the latest: a smaller file, whose rounds have to be checked in their order."
    )
    var small = false

    func run() async throws {
        let reader = try RunReader(path: database)
        let summary = try await reader.run(run)
        let run = summary.run
        if run.status != .finished {
            TerminalOutput.standardError.write("note: run \(run.identity.number) is \(run.status.rawValue)\n")
        }
        try await reader.writeBundle(of: run.identity, to: output, models: small ? .firstAndLatest : .kept)
        let size = try FileManager.default.attributesOfItem(atPath: output)[.size] as? Int ?? 0
        TerminalOutput.standardOutput.write(
            """
            \(output): run \(run.identity.number) (\(run.details.name)), \(summary.roundsCommitted) rounds, \
            \(NumberFormat.bytes(size))   (fed verify \(output.shellWord))

            """)
    }
}
