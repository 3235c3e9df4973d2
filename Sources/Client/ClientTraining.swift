public import Federation
public import Learning
public import Parameters
public import Wire

/// What a client does when it is invited: trains the round's model on its own examples (McMahan et al. 2017, Algorithm 1,
/// "ClientUpdate") as the run's strategy says. The same wherever the client is hosted: in a worker process, or in the process
/// of the coordinator.
public struct ClientTraining: Sendable {
    public let model: ModelDefinition
    /// The seed of the run.
    public let seed: UInt64
    public let data: HostedData
    public let strategy: any Strategy
    /// Of what goes out in a round.
    public let broadcastLayout: PartsLayout
    private let updateLayout: PartsLayout
    private let stateLayout: PartsLayout
    private let knownTrainings = KnownTrainings()

    public init(model: ModelDefinition, seed: UInt64, data: HostedData, strategy: any Strategy) {
        self.model = model
        self.seed = seed
        self.data = data
        self.strategy = strategy
        broadcastLayout = strategy.parts.broadcast(model.layout)
        updateLayout = strategy.parts.update(model.layout)
        stateLayout = strategy.parts.client(model.layout)
    }

    /// Trains the client and makes its update.
    ///
    /// - Parameters:
    ///   - values: all vectors of the round's broadcast.
    ///   - behaviours: of the round; those of the client count.
    ///   - stateRound: the client's last round whose update counted; 0 if there is none.
    ///   - states: where clients' states are kept; only where the strategy's clients have some.
    ///   - codec: how the update is encoded.
    ///   - chunkSize: bytes of the update in a frame, at least 1.
    ///   - trainer: of the same model.
    ///   - isCancelled: asked before each step.
    /// - Throws: ``TrainingFailure``, or a `Problem` when the client's state cannot be kept.
    public func update(
        _ key: UpdateKey, from values: ParameterVector, settings: TrainingSettings,
        behaviours: [RoundBehaviour] = [], stateRound: UInt32 = 0, states: ClientStates?, codec: Codec, chunkSize: Int,
        on trainer: Trainer, isCancelled: () -> Bool
    ) throws -> OutgoingUpdate {
        let start = ContinuousClock.now
        let broadcast = Parts(layout: broadcastLayout, values: values)
        let remembered = states.flatMap {
            stateRound == 0 ? nil : $0.state(of: key.client, after: stateRound, layout: stateLayout)
        }
        var state = remembered ?? Parts(zerosFor: stateLayout)
        let global = broadcast[vector: "model"]
        let misbehaviour = Misbehaviour(behaviours, of: key, seed: seed)
        let shard = misbehaviour.poisoned(Shard(examples: data.examples, indices: data.indices(of: key.client)))
        let initialLoss =
            strategy.parts.needsInitialLoss
            ? trainer.evaluate(global, on: shard.examples, indices: shard.indices).loss : 0
        var parameters = global
        let report =
            misbehaviour.trains
            ? try trainer.train(
                &parameters, on: shard.examples, indices: shard.indices, settings: settings,
                correction: strategy.correction(broadcast, state), seed: seed, round: key.round,
                client: key.client.rawValue, isCancelled: isCancelled)
            : misbehaviour.pretended(trainer.evaluate(global, on: shard.examples, indices: shard.indices), settings)
        let trained = parameters
        try misbehaviour.distort(&parameters, from: global) { (order, behaviour) throws(TrainingFailure) in
            try knownTrainings.forged(order, behaviour, from: global, settings: settings) {
                (client) throws(TrainingFailure) in
                // What the attacker itself would train is there already.
                client == key.client && misbehaviour.trains && !shard.isPoisoned
                    ? trained
                    : try honest(client, broadcast, settings, round: key.round, on: trainer, isCancelled: isCancelled)
            }
        }
        let duration = start.duration(to: .now)
        var update = Parts(zerosFor: updateLayout)
        strategy.finish(
            LocalTraining(
                start: global, model: parameters, examples: shard.claimed, steps: report.steps,
                learningRate: Double(settings.learningRate), momentum: Double(settings.momentum),
                initialLoss: initialLoss),
            broadcast, update: &update, client: &state)
        guard update.isFinite, state.isFinite else { throw TrainingFailure.diverged(step: report.steps) }
        let base = remembered == nil ? 0 : stateRound
        // Before the update is sent: once it has counted, the state must not be lost.
        if strategy.parts.hasClientState, let states {
            try states.keep(state, of: key.client, after: key.round, from: base)
        }
        return OutgoingUpdate(
            key: key, examples: UInt32(shard.claimed), loss: report.loss, accuracy: report.accuracy,
            steps: UInt32(clamping: report.steps), trainMicroseconds: UInt64(duration / .microseconds(1)),
            parts: update, stateRound: base, codec: codec, chunkSize: chunkSize)
    }

    /// What another client would train if it kept to the rules; `nil` if its training diverges.
    private func honest(
        _ client: ClientID, _ broadcast: Parts, _ settings: TrainingSettings, round: UInt32, on trainer: Trainer,
        isCancelled: () -> Bool
    ) throws(TrainingFailure) -> ParameterVector? {
        var parameters = broadcast[vector: "model"]
        do {
            _ = try trainer.train(
                &parameters, on: data.examples, indices: data.indices(of: client), settings: settings,
                correction: strategy.correction(broadcast, Parts(zerosFor: stateLayout)), seed: seed, round: round,
                client: client.rawValue, isCancelled: isCancelled)
            return parameters
        } catch .diverged {
            return nil
        }
    }
}
