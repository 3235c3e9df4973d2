import ArgumentParser
import Diagnostics
import RunStore
import Terminal

/// `fed show`: what did a run come to?
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a run: its rounds, its accuracy, its failures.",
        discussion: """
            With --round, the clients of one round; with --events, what happened; with --fairness, who was asked and heard \
            how often, client by client and device by device, what of that each class has had, and how well the model knows it.
            """)

    @Argument(
        help: "The run's number, its ULID, or latest.",
        transform: RunSelector.named)
    var run: RunSelector = .latest

    @OptionGroup var record: RecordOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("Show the clients of one round.", valueName: "round"))
    var round: Int?

    @Flag(help: "Show the events.")
    var events = false

    @Flag(help: "Show who takes part, how evenly, and what becomes of each device's clients and of each class.")
    var fairness = false

    @Option(help: "Of whom --fairness --csv has a row each: client, device or class.")
    var by: FairnessRows?

    @Option(
        help: """
            The folder of the run's data, for the classes of --fairness; by default FED_DATA_DIR, then the cache folder, then a \
            download.
            """)
    var data: String?

    @Option(
        help: ArgumentHelp(
            "How many of the latest rounds or events, or of the clients, to list, or all.", valueName: "number"))
    var last = Listed(limit: 24)

    @Flag(help: "Print JSON, of all rounds or events.")
    var json = false

    @Flag(help: "Print CSV, of all rounds or events.")
    var csv = false

    func validate() throws {
        if json, csv { throw ValidationError("Choose --json or --csv.") }
        if [events, fairness, round != nil].count(where: \.self) > 1 {
            throw ValidationError("Choose one of --events, --fairness and --round.")
        }
        if data != nil, !fairness { throw ValidationError("--data goes with --fairness.") }
        if by != nil, !fairness || !csv { throw ValidationError("--by goes with --fairness --csv.") }
        if let round, round < 1 { throw ValidationError("Rounds are counted from 1.") }
    }

    func run() async throws {
        let reader = try record.reader()
        let summary = try await reader.run(run)
        if let round {
            try await show(round: round, of: summary, reader)
        } else if events {
            try await showEvents(of: summary, reader)
        } else if fairness {
            try await showFairness(of: summary, reader)
        } else {
            try await showRun(summary, reader)
        }
    }

    private func showRun(_ summary: RunSummary, _ reader: RunReader) async throws {
        let identity = summary.run.identity
        let rounds = try await reader.rounds(of: identity)
        let failures = try await reader.failures(of: identity)
        let storage = try await reader.storage(of: identity)
        let attacks = try await reader.attacks(of: identity)
        let heldOut = try await reader.heldOutAccuracy(of: identity)
        let latest = HeldOutAccuracy(try await reader.latestEvaluations(of: identity))
        if csv { return write(RecordCSV.text(rounds, RecordCSV.rounds)) }
        if json {
            return try RecordOptions.print(
                json: RunDocument(
                    run: summary, rounds: rounds,
                    failures: Dictionary(failures.map { ($0.reason, $0.count) }, uniquingKeysWith: +),
                    storage: storage, attacks: attacks.isEmpty ? nil : attacks,
                    heldOut: heldOut.isEmpty ? nil : heldOut, clients: latest))
        }
        let report = RunReport(
            summary: summary, rounds: rounds, failures: failures, events: try await reader.eventCounts(of: identity),
            storage: storage, attacks: Dictionary(grouping: attacks, by: \.round).mapValues { $0.map(\.attack) },
            heldOut: Dictionary(heldOut.map { ($0.round, $0.accuracy) }) { first, _ in first }, latest: latest,
            listed: last)
        let output = TerminalOutput.standardOutput
        output.write(lines: report.lines(width: output.size?.columns, style: output.style))
    }

    private func show(round: Int, of summary: RunSummary, _ reader: RunReader) async throws {
        guard let row = try await reader.round(of: summary.run.identity, round: round) else {
            throw Problem(
                .noInput, "run \(summary.run.identity.number) has no round \(round)", at: record.database,
                remedy: "its rounds are 1 to \(summary.roundsCommitted) of \(summary.run.details.roundsPlanned)")
        }
        let clients = try await reader.clientRounds(of: summary.run.identity, round: round)
        if csv { return write(RecordCSV.text(clients, RecordCSV.clientRounds)) }
        if json { return try RecordOptions.print(json: clients) }
        let output = TerminalOutput.standardOutput
        if !clients.isEmpty {
            output.write(lines: RunReport.table(clients).lines(width: output.size?.columns, style: output.style))
        }
        let missing = row.clientsSelected - clients.count
        if missing > 0 {
            let note =
                "\(NumberFormat.count(missing, "client")) that reported: no longer in the record (keep_client_rounds)"
            output.write(output.style.text(note, .dim) + "\n")
        }
    }

    private func showEvents(of summary: RunSummary, _ reader: RunReader) async throws {
        let identity = summary.run.identity
        if csv { return write(RecordCSV.text(try await reader.events(of: identity), RecordCSV.events)) }
        if json { return try RecordOptions.print(json: try await reader.events(of: identity)) }
        let output = TerminalOutput.standardOutput
        let events = try await reader.events(of: identity, last: last.limit)
        guard !events.isEmpty else { return output.write("The run has no events.\n") }
        output.write(lines: RunReport.table(events).lines(width: output.size?.columns, style: output.style))
        let all = try await reader.eventCounts(of: identity).reduce(0) { $0 + $1.count }
        if let note = last.note(of: all, "event") { output.write(output.style.text(note, .dim) + "\n") }
    }

    func write(_ text: String) {
        TerminalOutput.standardOutput.write(text)
    }
}

/// What `fed show --json` prints.
private struct RunDocument: Encodable {
    let run: RunSummary
    let rounds: [RoundRecord]
    /// How often clients failed, by reason.
    let failures: [String: Int]
    /// The room that models and updates take.
    let storage: RunStorage
    /// What clients did that misbehave, by round; absent if the scenario names no behaviours.
    let attacks: [RoundAttack]?
    /// What the clients of each round found on the examples that they hold out; absent if they evaluate nothing.
    let heldOut: [RoundHeldOutAccuracy]?
    /// The same of all clients that have taken part, each in its latest round.
    let clients: HeldOutAccuracy?
}
