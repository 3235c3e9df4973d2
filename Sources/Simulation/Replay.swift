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
        try await run.checkKeptModels()
        var result = ReplayResult()
        var model: ParameterVector?
        for number in run.summary.firstRound...max(run.summary.firstRound, run.summary.lastRound)
        where run.summary.lastRound >= run.summary.firstRound {
            let round = try await run.round(number)
            let before =
                if let model { model } else { try await run.model(before: number) }
            let (differences, made) = try await check(round, from: before)
            result.add(round, differences)
            if made.digest == round.row.modelDigest {
                model = made
            } else if try await run.keepsModel(of: number) {
                // The record's own, so that the rounds after it can be checked.
                model = nil
            } else {
                result.unchecked = run.summary.lastRound - number
                return result
            }
        }
        return result
    }

    /// Checks some rounds; those that lead to them from the last model that is kept have to come to the recorded models.
    public func rounds(_ numbers: [Int]) async throws -> ReplayResult {
        var result = ReplayResult()
        for number in numbers.sorted() {
            let round = try await run.round(number)
            let (differences, _) = try await check(round, from: try await model(before: number))
            result.add(round, differences)
        }
        return result
    }

    /// Checks the update of one client in one round.
    public func update(of client: ClientID, round number: Int) async throws -> ReplayResult {
        let round = try await run.round(number)
        guard let row = round.clients.first(where: { $0.client == client }) else {
            throw run.noSuchClient(client, round)
        }
        guard row.status == .reported else { throw run.noUpdate(of: row, round) }
        guard row.updateDigest != nil else { throw run.noDigest(of: client, round) }
        var differences: [ReplayDifference] = []
        try await run.updates(of: round, from: try await model(before: number), of: [row], retraining: true) {
            differences += self.compare($0, number)
        }
        var result = ReplayResult()
        result.updates = 1
        result.differences = differences
        return result
    }

    private func model(before round: Int) async throws -> ParameterVector {
        try await run.model(before: round) { watcher(.remade(round: $0)) }
    }

    /// Does a round again: what differs, and the model that it came to.
    private func check(
        _ round: RecordedRound, from model: ParameterVector
    ) async throws -> (differences: [ReplayDifference], model: ParameterVector) {
        var differences: [ReplayDifference] = []
        let selected = run.context.scenario.roundPlan.selected(in: UInt32(round.number))
        if selected != round.clients.map(\.client) {
            differences.append(
                .cohort(round: round.number, recorded: round.clients.map(\.client), selected: selected))
        }
        var global = GlobalModel(
            parameters: model, strategy: run.context.scenario.strategy.makeStrategy(), population: run.population)
        try await run.updates(of: round, from: model, of: round.reported, retraining: true) { update in
            differences += self.compare(update, round.number)
            try global.include(update.parameters, examples: Int(update.header.examples))
        }
        guard global.examples > 0 else { return (differences, model) }
        global.advance()
        if global.parameters.digest != round.row.modelDigest {
            differences.append(
                .model(round: round.number, recorded: round.row.modelDigest, found: global.parameters.digest))
        } else {
            let found = try await run.threads.evaluate(global.parameters, on: run.context.dataset.test)
            let loss = found.loss.isFinite ? found.loss : nil
            if found.accuracy != round.row.testAccuracy || loss != round.row.testLoss {
                differences.append(
                    .evaluation(
                        round: round.number, recorded: (round.row.testAccuracy, round.row.testLoss ?? .nan),
                        found: (found.accuracy, found.loss)))
            }
        }
        differences.sort { $0.client ?? ClientID(.max) < $1.client ?? ClientID(.max) }
        for difference in differences { watcher(.found(difference)) }
        watcher(.checked(round: round.number))
        return (differences, global.parameters)
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
            row.steps == Int64(update.header.steps)
        else {
            return [.metrics(round: round, client: row.client)]
        }
        return []
    }
}
