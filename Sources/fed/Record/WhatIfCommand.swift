import ArgumentParser
import Diagnostics
import Federation
import Foundation
import Learning
import Parameters
import RunStore
import Runs
import Scenarios
import Settings
import Simulation
import Synchronization
import Terminal

/// `fed whatif`: what would have been without a client, or with another strategy?
struct WhatIfCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whatif",
        abstract:
            "Aggregate a recorded round without some of its updates or with another strategy, or go on without some clients.",
        discussion: """
            With --round, the round's updates are aggregated again and the model evaluated, beside what the record has. \
            Updates are taken from the record where the scenario kept them (keep_updates: true) and trained again where \
            not. With --from, a new run goes on from there; the record names its parent.

            Another strategy begins with the round: it has no moments or the like of rounds before. Its own settings are \
            set with --set, for example --set server_learning_rate=0.01.

            Examples: fed whatif fed.sqlite --round 5 --without-client 3
                      fed whatif fed.sqlite --round 5 --strategy fedadam
            """)

    @Argument(help: "The record.")
    var database = "fed.sqlite"

    @OptionGroup var recorded: RecordedRunOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("The round to aggregate again.", valueName: "round"))
    var round: Int?

    @Option(help: ArgumentHelp("The first round of a new run that branches off.", valueName: "round"))
    var from: Int?

    @Option(
        name: .customLong("without-client"),
        help: ArgumentHelp("A client whose updates are left out; may be repeated.", valueName: "client"))
    var without: [UInt32] = []

    @Option(
        help: ArgumentHelp("Make the round's model with another strategy; fed methods lists them.", valueName: "name"))
    var strategy: String?

    @Option(help: ArgumentHelp("A setting of that strategy; may be repeated.", valueName: "key=value"))
    var set: [String] = []

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard (round == nil) != (from == nil) else { throw ValidationError("Give --round or --from.") }
        if without.isEmpty, strategy == nil {
            throw ValidationError("Name a client with --without-client, or a strategy with --strategy.")
        }
        if strategy != nil, round == nil { throw ValidationError("--strategy goes with --round.") }
        if strategy == nil, !set.isEmpty { throw ValidationError("--set goes with --strategy.") }
        _ = try choice()
    }

    func run() async throws {
        let run = try await recorded.load(from: database)
        let whatIf = try WhatIf(run, without: without.map { ClientID($0) }, strategy: try choice())
        for circumstance in run.otherCircumstances {
            TerminalOutput.standardError.write("note: \(circumstance)\n")
        }
        if let round { try await aggregate(round, whatIf) }
        if let from { try await branch(from, whatIf, run) }
    }

    /// The strategy that is named, with its settings.
    private func choice() throws -> StrategyChoice? {
        guard let strategy else { return nil }
        guard Strategies.named(strategy) != nil else {
            let names = Strategies.all.map { $0.name }.joined(separator: ", ")
            throw ValidationError("There is no strategy \"\(strategy)\"; there are \(names).")
        }
        let settings = try set.map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--set takes key=value, not \"\(text)\".") }
            return (name: parts[0], text: parts[1])
        }
        do {
            return try StrategyChoice(name: strategy, settings: settings)
        } catch {
            throw ValidationError("\(strategy): \(error).")
        }
    }

    // MARK: One round

    private struct Document: Encodable {
        struct Result: Encodable {
            let testAccuracy: Double
            let testLoss: Double?
            let modelDigest: String
            let updates: Int
            let examples: Int
            /// Absent if nobody misbehaves.
            let attacks: [AttackRecord]?
        }

        let round: Int
        let without: [UInt32]
        let strategy: String?
        let recorded: Result
        let whatIf: Result
        let updatesFromRecord: Int
        let updatesTrainedAgain: Int
    }

    private func aggregate(_ round: Int, _ whatIf: WhatIf) async throws {
        let outcome = try await whatIf.round(round) { Self.tell(remade: $0) }
        let recorded = outcome.recorded
        let loss = outcome.evaluation.loss
        let document = Document(
            round: round, without: without.sorted(), strategy: strategy,
            recorded: .init(
                testAccuracy: recorded.testAccuracy, testLoss: recorded.testLoss,
                modelDigest: "\(recorded.modelDigest)", updates: recorded.clientsReported,
                examples: Int(recorded.examples),
                attacks: outcome.recordedAttacks.isEmpty ? nil : outcome.recordedAttacks),
            whatIf: .init(
                testAccuracy: outcome.evaluation.accuracy, testLoss: loss.isFinite ? loss : nil,
                modelDigest: "\(outcome.model.digest)", updates: outcome.read + outcome.trained,
                examples: outcome.examples, attacks: outcome.attacks.isEmpty ? nil : outcome.attacks),
            updatesFromRecord: outcome.read, updatesTrainedAgain: outcome.trained)
        if json { return try RecordOptions.print(json: document) }
        let output = TerminalOutput.standardOutput
        let clients = document.without.map(String.init).joined(separator: ", ")
        let changes = [clients.isEmpty ? nil : "without \(clients)", strategy.map { "with \($0)" }]
        let change = changes.compactMap { $0 }.joined(separator: ", ")
        var table = Table(
            [
                Table.Column("Round \(round)"), .number("Updates"), .number("Examples"), .number("Accuracy"),
                .number("Loss"), Table.Column("Model"),
            ] + (outcome.attacks.isEmpty ? [] : [Table.Column("Attacks")]))
        for (name, result) in [("recorded", document.recorded), (change, document.whatIf)] {
            table.append(
                [
                    Table.Cell(name), Table.Cell("\(result.updates)"), Table.Cell(NumberFormat.count(result.examples)),
                    Table.Cell(NumberFormat.percent(result.testAccuracy)),
                    Table.Cell(result.testLoss.map { NumberFormat.fixed($0, 4) } ?? "-"),
                    Table.Cell(String(result.modelDigest.prefix(12)), .dim),
                ] + (outcome.attacks.isEmpty ? [] : [Table.Cell(RunReport.text(of: result.attacks ?? []))]))
        }
        output.write(lines: table.lines(width: output.size?.columns, style: output.style))
        output.write("\(Self.source(outcome))\n")
    }

    private static func source(_ outcome: WhatIf.Outcome) -> String {
        switch (outcome.read, outcome.trained) {
        case (_, 0): "All updates are from the record."
        case (0, _): "All updates were trained again: the scenario did not keep them (keep_updates: true does)."
        default: "\(outcome.read) updates are from the record, \(outcome.trained) were trained again."
        }
    }

    private static func tell(remade round: Int) {
        TerminalOutput.standardError.write("round \(round) was done again, since its model is not in the record\n")
    }

    // MARK: A branch

    private func branch(_ first: Int, _ whatIf: WhatIf, _ run: RecordedRun) async throws {
        let base = try await whatIf.branch(from: first) { Self.tell(remade: $0) }
        let threads = recorded.threads ?? ProcessInfo.processInfo.activeProcessorCount
        let scenario = run.context.scenario
        let display = RunDisplay(
            scenario: scenario, hosting: "in process, from round \(first) of run \(run.summary.run.identity.number)",
            firstRound: first, asJSON: json)
        let session = try InProcessSession(database: database, dataFolder: recorded.data)
        let ending = Mutex<RunEnding?>(nil)
        try await InterruptibleWork.run {
            let ended = try await session.run(
                .branch(scenario, base), run.context, threads: threads,
                isVirtual: run.summary.run.details.clock == .virtual, known: { try await whatIf.knownUpdate($0) },
                watcher: { display.take($0) })
            ending.withLock { $0 = ended }
        }
        display.finish()
        try session.close()
        guard let ended = ending.withLock({ $0 }) else { throw ExitCode(Problem.Kind.software.rawValue) }
        try ended.check(database: database)
    }
}
