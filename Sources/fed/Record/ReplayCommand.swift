import ArgumentParser
import Federation
import RunStore
import Runs
import Simulation

/// `fed replay`: does the record say what happens?
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Do a recorded run again, or a part of it, and compare it with the record.",
        discussion: """
            Trains the clients of each round again from the round's model and compares the digests of their updates, \
            the model that the updates come to, its accuracy, and who was selected. Models that the record has not \
            kept are made again from the last one that it has. Exits with 0 if all agrees, with 65 if not.
            """)

    @Argument(help: "The record.")
    var database = "fed.sqlite"

    @OptionGroup var recorded: RecordedRunOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("Check one round alone.", valueName: "round"))
    var round: Int?

    @Option(help: ArgumentHelp("Check the update of one client in that round alone.", valueName: "client"))
    var client: UInt32?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        if client != nil, round == nil { throw ValidationError("--client needs a --round.") }
    }

    func run() async throws {
        let run = try await recorded.load(from: database)
        if let round { _ = try await run.round(round) }
        let report = ReplayReport(run, asJSON: json)
        let rounds = round.map { [$0] } ?? Array(run.summary.firstRound..<run.summary.lastRound + 1)
        let trainings = client == nil ? try await run.trainings(in: rounds) : 1
        report.say("run \(run.summary.run.identity.number) (\(run.summary.run.details.name)) in \(database)")
        let result = try await report.follow(trainings: trainings) { watcher in
            let replay = Replay(of: run, watcher: watcher)
            if let round, let client { return try await replay.update(of: ClientID(client), round: round) }
            if let round { return try await replay.rounds([round]) }
            return try await replay.all()
        }
        try report.finish(result)
    }
}
