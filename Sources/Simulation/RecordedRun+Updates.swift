import Client
import Datasets
import Diagnostics
public import Federation
import Learning
public import Parameters
import RunStore
import Runs
import Scenarios
import Wire

// The updates of a recorded round, from the record or trained again.
extension RecordedRun {
    /// An update and where it came from.
    struct Update: Sendable {
        let recorded: ClientRoundRecord
        /// Trained, or made of the record's row.
        let header: UpdateHeader
        let parameters: ParameterVector
        /// Whether it was trained again, not read.
        let isTrained: Bool
    }

    /// What the updates of a round, or some of them, come to.
    public struct Aggregate: Sendable {
        public let model: ParameterVector
        /// The number of updates that were in the record, and of those that had to be trained again.
        public let read: Int
        public let trained: Int
        /// The examples behind them.
        public let examples: Int
    }

    /// Makes a round's model again of its updates.
    ///
    /// - Parameters:
    ///   - model: that the round began with.
    ///   - without: clients whose updates are left out; some have to remain.
    /// - Throws: a ``Problem`` when an update is neither in the record nor can be trained again, or is not fit to be added.
    public func aggregate(
        _ round: RecordedRound, from model: ParameterVector, without: Set<ClientID> = []
    ) async throws -> Aggregate {
        var global = GlobalModel(
            parameters: model, strategy: context.scenario.strategy.makeStrategy(), population: try population(in: round)
        )
        var counts = (read: 0, trained: 0)
        try await updates(of: round, from: model, of: round.reported.filter { !without.contains($0.client) }) {
            update in
            try include(update, of: round, in: &global)
            if update.isTrained { counts.trained += 1 } else { counts.read += 1 }
        }
        let examples = global.examples
        global.advance()
        return Aggregate(model: global.parameters, read: counts.read, trained: counts.trained, examples: examples)
    }

    /// Adds an update to the round's sum.
    ///
    /// - Throws: a ``Problem`` when it is not fit to be added.
    func include(_ update: Update, of round: RecordedRound, in global: inout GlobalModel) throws(Problem) {
        do {
            try global.include(update.parameters, examples: Int(update.header.examples))
        } catch {
            throw Problem(.data, "\(error)", at: "\(place), round \(round.number), client \(update.recorded.client)")
        }
    }

    /// The examples that all clients together held in a round: with data of their own, only the record knows.
    func population(in round: RecordedRound) throws(Problem) -> Int {
        guard let recorded = round.row.population else { return context.partition.examples }
        guard (1...Int64(WeightedSum.largestPopulation)).contains(recorded) else {
            throw Problem(
                .data, "rounds.population of round \(round.number) is \(recorded), which is not a possible number",
                at: place, remedy: "take the database from a backup")
        }
        return Int(recorded)
    }

    /// Hands out the updates of some clients of a round as they come.
    ///
    /// - Parameter retraining: whether they are trained also where the record has them.
    func updates(
        of round: RecordedRound, from model: ParameterVector, of clients: [ClientRoundRecord],
        retraining: Bool = false, _ take: (Update) throws -> Void
    ) async throws {
        let encoded = context.scenario.network.codec.codec.implementation.encode(model)
        let broadcast = try encoded.decoded(by: context.scenario.network.codec.codec, layout: model.layout)
        try await withThrowingTaskGroup(of: Update.self) { group in
            var next = clients.makeIterator()
            // Each holds a model; one more than train, so that no thread waits.
            for _ in 0..<threads.count + 1 {
                guard let client = next.next() else { break }
                group.addTask { try await update(of: client, round, from: broadcast, retraining: retraining) }
            }
            while let update = try await group.next() {
                try take(update)
                guard let client = next.next() else { continue }
                group.addTask { try await self.update(of: client, round, from: broadcast, retraining: retraining) }
            }
        }
    }

    private func update(
        of client: ClientRoundRecord, _ round: RecordedRound, from model: ParameterVector, retraining: Bool
    ) async throws -> Update {
        // A client's own examples are with the client alone.
        if !retraining || client.ownData, let kept = try await kept(client, round: round.number) { return kept }
        return try await train(client, round, from: model)
    }

    /// The update as the record has it; `nil` where it was not kept.
    func kept(_ client: ClientRoundRecord, round: Int) async throws -> Update? {
        let parameters = try await reader.update(
            of: identity, round: round, client: client.client, layout: context.model.layout)
        guard let parameters, let header = UpdateHeader(client, round: UInt32(round)) else { return nil }
        return Update(recorded: client, header: header, parameters: parameters, isTrained: false)
    }

    private func train(
        _ client: ClientRoundRecord, _ round: RecordedRound, from model: ParameterVector
    ) async throws -> Update {
        let place = "\(place), round \(round.number), client \(client.client)"
        guard !client.ownData else {
            throw Problem(
                .data, "the client trained on data of its own, so that its update cannot be made again here", at: place,
                remedy: "keep_updates: true in the scenario would have kept the update itself")
        }
        guard (0..<context.scenario.clients).contains(Int(client.client.rawValue)) else {
            throw Problem(.data, "the scenario has no such client", at: place)
        }
        do {
            let update = try await threads.run { [training, context] trainer, isCancelled in
                let update = try training.update(
                    round.key(of: client), from: model, settings: context.scenario.train,
                    codec: context.scenario.network.codec.codec, chunkSize: Int(WireLimits.default.chunkSize),
                    on: trainer, isCancelled: isCancelled)
                return (header: update.header, parameters: try update.decoded())
            }
            return Update(recorded: client, header: update.header, parameters: update.parameters, isTrained: true)
        } catch let failure as TrainingFailure where failure != .cancelled {
            throw Problem(
                .data, "the client reported an update, and its training here fails: \(failure.text)", at: place)
        } catch TrainingFailure.cancelled {
            throw CancellationError()
        }
    }
}

extension UpdateHeader {
    /// What the record says of an update; `nil` where it does not say enough.
    init?(_ client: ClientRoundRecord, round: UInt32) {
        guard let examples = client.examples.flatMap(UInt32.init(exactly:)), let digest = client.updateDigest else {
            return nil
        }
        self.init(
            key: UpdateKey(round: round, client: client.client, attempt: UInt32(clamping: client.attempt)),
            examples: examples, codec: .f32, byteCount: UInt64(clamping: client.bytesReceived), digest: digest,
            loss: client.loss ?? .nan, accuracy: client.accuracy ?? 0, steps: UInt32(clamping: client.steps ?? 0),
            trainMicroseconds: UInt64(max(0, client.trainSeconds ?? 0) * 1e6))
    }
}
