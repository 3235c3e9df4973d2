import Client
import Datasets
import Diagnostics
public import Federation
import Foundation
import Learning
public import Parameters
package import RunStore
import Runs
import Scenarios
package import Wire

// The updates of a recorded round, from the record or trained again.
extension RecordedRun {
    /// An update and where it came from.
    struct Update: Sendable {
        let recorded: ClientRoundRecord
        /// Trained, or made of the record's row.
        let header: UpdateHeader
        let parts: Parts
        /// Whether it was trained again, not read.
        let isTrained: Bool
    }

    /// What the updates of a round, or some of them, come to.
    public struct Aggregate: Sendable {
        /// The model, and what the server remembers with it.
        public let server: Parts
        /// The number of updates that were in the record, and of those that had to be trained again.
        public let read: Int
        public let trained: Int
        /// The examples behind them.
        public let examples: Int
    }

    /// Makes a round's model again of its updates.
    ///
    /// - Parameters:
    ///   - server: the model that the round began with, and the server's state.
    ///   - without: clients whose updates are left out; some have to remain.
    ///   - other: the strategy that makes the model of them, if it is not the run's: it begins with this round.
    /// - Throws: a ``Problem`` when an update is neither in the record nor can be trained again, or is not fit to be added.
    public func aggregate(
        _ round: RecordedRound, from server: Parts, without: Set<ClientID> = [], with other: (any Strategy)? = nil
    ) async throws -> Aggregate {
        var position = position(at: server)
        return try await aggregate(round, from: &position, without: without, with: other)
    }

    /// The same, where clients train from earlier models, too.
    func aggregate(
        _ round: RecordedRound, from position: inout ReplayPosition, without: Set<ClientID> = [],
        with other: (any Strategy)? = nil
    ) async throws -> Aggregate {
        try begin(round, &position)
        var global = try globalModel(position.server, in: round, with: other)
        let layout = other?.parts.update(context.model.layout) ?? context.updateLayout
        var counts = (read: 0, trained: 0)
        try await updates(
            of: round, from: position.models, of: round.reported.filter { !without.contains($0.client) }
        ) { update in
            try include(update, of: round, in: &global, layout)
            if update.isTrained { counts.trained += 1 } else { counts.read += 1 }
        }
        let examples = global.examples
        try await advance(&global, to: round, with: other)
        return Aggregate(server: global.server, read: counts.read, trained: counts.trained, examples: examples)
    }

    /// The round's model goes out to clients.
    func begin(_ round: RecordedRound, _ position: inout ReplayPosition) throws {
        let number = UInt32(round.number)
        position.models.add(
            try context.received(context.strategy.broadcast(position.server), round: number).values, of: number)
    }

    /// What adds up the updates of a round.
    ///
    /// - Parameter other: a strategy that is not the run's; it begins with this round.
    func globalModel(
        _ server: Parts, in round: RecordedRound, with other: (any Strategy)? = nil
    ) throws(Problem) -> GlobalModel {
        let strategy = other ?? context.strategy
        let clients = context.scenario.clients
        let isKnown = strategy.parts.server(context.model.layout, clients: clients) == server.layout
        return GlobalModel(
            server: isKnown ? server : GlobalModel.begin(server[vector: "model"], strategy, clients: clients),
            strategy: strategy,
            population: try population(in: round),
            clients: clients, evaluation: other == nil ? context.scenario.evaluation : .none,
            addsDifferences: context.receivesDifferences,
            storage: SpilledUpdates(
                memoryLimit: context.scenario.updateMemory,
                folder: FileManager.default.temporaryDirectory.path(percentEncoded: false)))
    }

    /// Makes the round's model of the updates that are in.
    ///
    /// - Parameter other: the strategy that does so, if it is not the run's.
    func advance(
        _ global: inout GlobalModel, to round: RecordedRound, with other: (any Strategy)? = nil
    ) async throws {
        let number = UInt32(round.number)
        let root = try await context.rootModel(from: global.parameters, in: number, strategy: other, on: threads)
        try await global.advance(
            to: number, rateFactor: context.scenario.serverRateFactor(in: number), root: root, on: threads)
    }

    /// Adds an update to the round's sum.
    ///
    /// - Throws: a ``Problem`` when it is not fit to be added.
    ///
    /// - Parameter layout: of the parts that are added, all of them the update's; the run's own unless given.
    func include(
        _ update: Update, of round: RecordedRound, in global: inout GlobalModel, _ layout: PartsLayout? = nil
    ) throws(Problem) {
        do {
            try global.include(
                layout.map { update.parts.selecting($0) } ?? update.parts, of: update.recorded.client,
                examples: Int(update.header.examples), staleness: update.recorded.staleness)
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
        of round: RecordedRound, from models: ReceivedModels, of clients: [ClientRoundRecord],
        retraining: Bool = false, _ take: (Update) throws -> Void
    ) async throws {
        // What clients remember is not in the record.
        let retraining = retraining || context.strategy.parts.hasClientState
        try await withThrowingTaskGroup(of: Update.self) { group in
            var next = clients.makeIterator()
            // Each holds a model; one more than train, so that no thread waits.
            for _ in 0..<threads.count + 1 {
                guard let client = next.next() else { break }
                group.addTask { try await update(of: client, round, from: models, retraining: retraining) }
            }
            while let update = try await group.next() {
                try take(update)
                guard let client = next.next() else { continue }
                group.addTask { try await self.update(of: client, round, from: models, retraining: retraining) }
            }
        }
        replayed.counted(clients.map(\.client), in: UInt32(round.number))
    }

    private func update(
        of client: ClientRoundRecord, _ round: RecordedRound, from models: ReceivedModels, retraining: Bool
    ) async throws -> Update {
        // A client's own examples are with the client alone.
        if !retraining || client.ownData, let kept = try await kept(client, round: round.number) { return kept }
        return try await train(client, round, from: models)
    }

    /// The update as the record has it; `nil` where it was not kept.
    func kept(_ client: ClientRoundRecord, round: Int) async throws -> Update? {
        let parts = try await reader.update(
            of: identity, round: round, client: client.client, staleness: client.staleness,
            layout: context.updateLayout)
        guard let parts,
            let header = UpdateHeader(
                client, round: UInt32(clamping: round - client.staleness), codec: context.scenario.network.upload.codec)
        else { return nil }
        return Update(recorded: client, header: header, parts: parts, isTrained: false)
    }

    private func train(
        _ client: ClientRoundRecord, _ round: RecordedRound, from models: ReceivedModels
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
        let key = round.key(of: client)
        guard let model = models[key.round] else {
            throw Problem(
                .data,
                "the client began with the model of round \(key.round - min(1, key.round)), which no update may be of",
                at: place,
                remedy: "take the database from a backup")
        }
        do {
            // A row that is no longer kept does not say which state its client began with: the last.
            let stateRound =
                client.updateDigest == nil
                ? replayed.lastRound(of: client.client) : UInt32(clamping: client.stateRound ?? 0)
            let update = try await threads.run { [training, context, replayed] trainer, isCancelled in
                let update = try training.update(
                    key, from: model,
                    settings: context.scenario.training(
                        in: key.round, epochs: round.partialWork[client.client]),
                    behaviours: context.behaviours(in: round), stateRound: stateRound,
                    states: replayed.states, codec: context.scenario.network.upload.codec,
                    chunkSize: Int(WireLimits.default.chunkSize),
                    on: trainer, isCancelled: isCancelled)
                return (header: update.header, parts: try update.decoded())
            }
            return Update(recorded: client, header: update.header, parts: update.parts, isTrained: true)
        } catch let failure as TrainingFailure where failure != .cancelled {
            throw Problem(
                .data, "the client reported an update, and its training here fails: \(failure.text)", at: place)
        } catch TrainingFailure.cancelled {
            throw CancellationError()
        }
    }
}

extension RunContext {
    /// What clients of a recorded round did instead of what they were asked for.
    func behaviours(in round: RecordedRound) -> [RoundBehaviour] {
        misbehaving.behaviours(in: UInt32(round.number), cohort: round.clients.map(\.client))
    }
}

extension UpdateHeader {
    /// What the record says of an update; `nil` where it does not say enough.
    package init?(_ client: ClientRoundRecord, round: UInt32, codec: Codec) {
        guard let examples = client.examples.flatMap(UInt32.init(exactly:)), let digest = client.updateDigest else {
            return nil
        }
        self.init(
            key: UpdateKey(round: round, client: client.client, attempt: UInt32(clamping: client.attempt)),
            examples: examples, codec: codec, byteCount: UInt64(clamping: client.bytesReceived), digest: digest,
            loss: client.loss ?? .nan, accuracy: client.accuracy ?? 0, steps: UInt32(clamping: client.steps ?? 0),
            // Rounded, for 0.000251 s times a million is a little less than 251 µs; no number of a record can trap here.
            trainMicroseconds: UInt64(exactly: max(0, (client.trainSeconds ?? 0) * 1e6).rounded()) ?? .max,
            stateRound: UInt32(clamping: client.stateRound ?? 0), scalars: client.scalars ?? [])
    }
}
