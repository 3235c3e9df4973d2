import Datasets
public import Federation
import Learning
import Parameters
import RunStore
import Runs
import Scenarios
import Wire

/// Does recorded rounds again and compares what comes out with the record: each client's update, the model, its
/// evaluation, and who was selected.
public struct Replay: Sendable {
    /// What is told while it goes on.
    public enum Progress: Sendable {
        /// A client has been trained again.
        case trained(round: Int, client: ClientID)
        /// A round has been done again that only leads to those that are checked.
        case remade(round: Int)
        case checked(round: Int)
        case found(ReplayDifference)
    }

    private let run: RecordedRun
    private let watcher: @Sendable (Progress) -> Void

    public init(of run: RecordedRun, watcher: @escaping @Sendable (Progress) -> Void = { _ in }) {
        self.run = run
        self.watcher = watcher
    }

    /// Checks all rounds, and every model that the record keeps.
    ///
    /// - Throws: a `Problem` when the record is damaged or a client cannot be trained again.
    public func all() async throws -> ReplayResult {
        let kept = try await run.checkKeptModels()
        let needsAllRounds = run.needsAllRounds
        try await run.beginStates()
        var result = ReplayResult()
        // What the round before came to, if that is the recorded model.
        var position: ReplayPosition?
        for number in run.summary.firstRound...max(run.summary.firstRound, run.summary.lastRound)
        where run.summary.lastRound >= run.summary.firstRound {
            var current: ReplayPosition
            if let position {
                current = position
            } else if kept.contains(number - 1), !needsAllRounds || number == run.summary.firstRound {
                current = run.position(at: try await run.keptServer(of: number - 1))
            } else {
                result.unchecked += 1
                continue
            }
            let round = try await run.round(number)
            let found = try await check(round, from: &current)
            result.add(round, found.differences, missing: found.missing)
            position = nil
            if let server = found.server, server.digest == round.row.stateDigest ?? round.row.modelDigest {
                position = ReplayPosition(server: server, models: current.models)
            }
        }
        return result
    }

    /// Checks some rounds; those that lead to them from the last model that is kept have to come to the recorded models.
    public func rounds(_ numbers: [Int]) async throws -> ReplayResult {
        var result = ReplayResult()
        for number in numbers.sorted() {
            let round = try await run.round(number)
            var position = try await position(before: number)
            let found = try await check(round, from: &position)
            result.add(round, found.differences, missing: found.missing)
        }
        return result
    }

    /// Checks the update of one client in one round.
    public func update(of client: ClientID, round number: Int) async throws -> ReplayResult {
        let round = try await run.round(number)
        let rows = round.clients.filter { $0.client == client }
        guard let row = rows.first else { throw run.noSuchClient(client, round) }
        let reported = rows.filter { $0.status == .reported }
        guard !reported.isEmpty else { throw run.noUpdate(of: row, round) }
        guard reported.allSatisfy({ $0.updateDigest != nil }) else { throw run.noDigest(of: client, round) }
        var differences: [ReplayDifference] = []
        var position = try await position(before: number)
        try run.begin(round, &position)
        try await run.updates(of: round, from: position.models, of: reported, retraining: true) {
            differences += self.compare($0, number)
        }
        var result = ReplayResult()
        result.updates = reported.count
        result.differences = differences
        return result
    }

    private func position(before round: Int) async throws -> ReplayPosition {
        try await run.position(before: round) { watcher(.remade(round: $0)) }
    }

    /// What came of a round that was done again.
    private struct Checked {
        var differences: [ReplayDifference]
        /// The model that it came to; `nil` if updates are missing.
        var server: Parts?
        var missing: Set<ClientID>
    }

    /// Does a round again.
    private func check(_ round: RecordedRound, from position: inout ReplayPosition) async throws -> Checked {
        var differences: [ReplayDifference] = []
        if let selected = run.selected(in: round.row), selected != round.clients.map(\.client) {
            differences.append(
                .cohort(round: round.number, recorded: round.clients.map(\.client), selected: selected))
        }
        differences += compareBehaviours(round)
        let missing = try await run.missingUpdates(of: round)
        let available = round.reported.filter { !missing.contains($0.client) }
        try run.begin(round, &position)
        var global = try run.globalModel(position.server, in: round)
        try await run.updates(of: round, from: position.models, of: available, retraining: true) { update in
            differences += self.compare(update, round.number)
            try run.include(update, of: round, in: &global)
        }
        if missing.isEmpty, global.examples > 0 {
            try await run.advance(&global, to: round)
            differences += try await compare(global, round)
        }
        differences.sort { $0.client ?? ClientID(.max) < $1.client ?? ClientID(.max) }
        for difference in differences { watcher(.found(difference)) }
        watcher(.checked(round: round.number))
        return Checked(
            differences: differences, server: missing.isEmpty ? global.server : nil, missing: missing)
    }

    /// What differs in the model that a round came to, and in its evaluation.
    private func compare(_ global: GlobalModel, _ round: RecordedRound) async throws -> [ReplayDifference] {
        guard global.parameters.digest == round.row.modelDigest else {
            return [
                .model(round: round.number, recorded: round.row.modelDigest, found: global.parameters.digest)
            ]
        }
        if let recorded = round.row.stateDigest, global.server.digest != recorded {
            return [.state(round: round.number, recorded: recorded, found: global.server.digest)]
        }
        let evaluation = try await run.threads.evaluateByClass(global.parameters, on: run.context.dataset.test)
        let found = evaluation.total
        let loss = found.loss.isFinite ? found.loss : nil
        guard found.accuracy == round.row.testAccuracy, loss == round.row.testLoss else {
            return [
                .evaluation(
                    round: round.number, recorded: (round.row.testAccuracy, round.row.testLoss ?? .nan),
                    found: (found.accuracy, found.loss))
            ]
        }
        if let recorded = round.row.testClasses, recorded != evaluation.classes {
            return [.classes(round: round.number)]
        }
        if let examples = run.context.validation, let recorded = round.row.validationAccuracy {
            let found = try await run.threads.evaluate(global.parameters, on: examples)
            let loss = found.loss.isFinite ? found.loss : nil
            guard found.accuracy == recorded, loss == round.row.validationLoss else {
                return [
                    .validation(
                        round: round.number, recorded: (recorded, round.row.validationLoss ?? .nan),
                        found: (found.accuracy, found.loss))
                ]
            }
        }
        let attacks = try await run.context.attacks(
            run.context.behaviours(in: round), on: global.parameters, run.threads)
        return try await run.attacks(in: round) == attacks ? [] : [.attacks(round: round.number)]
    }

    /// Clients that misbehave otherwise than the record says.
    private func compareBehaviours(_ round: RecordedRound) -> [ReplayDifference] {
        let behaviours = run.context.behaviours(in: round)
        return round.clients.compactMap { row in
            let found = behaviours.names(of: row.client)
            // A row that is no longer kept says nothing.
            let isKept = row.status == .failed || row.updateDigest != nil
            guard isKept, found != row.behaviours else { return nil }
            return .behaviours(round: round.number, client: row.client, recorded: row.behaviours, found: found)
        }
    }

    private func compare(_ update: RecordedRun.Update, _ round: Int) -> [ReplayDifference] {
        let row = update.recorded
        guard update.isTrained else { return [] }
        watcher(.trained(round: round, client: row.client))
        // Where the client's row is no longer kept, the model that its update leads to has to do.
        guard row.updateDigest != nil else { return [] }
        if row.examples != Int64(update.header.examples) {
            return [
                .examples(
                    round: round, client: row.client, recorded: Int(row.examples ?? 0),
                    found: Int(update.header.examples))
            ]
        }
        if row.updateDigest != update.header.digest {
            return [
                .update(round: round, client: row.client, recorded: row.updateDigest, found: update.header.digest)
            ]
        }
        guard row.loss == update.header.loss, row.accuracy == update.header.accuracy,
            row.steps == Int64(update.header.steps), row.heldOut == (try? HeldOutResult(update.parts))
        else {
            return [.metrics(round: round, client: row.client)]
        }
        return []
    }
}
