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
    public let evaluation: ClientEvaluation
    /// Of what goes out in a round.
    public let broadcastLayout: PartsLayout
    private let updateLayout: PartsLayout
    private let stateLayout: PartsLayout
    /// What a client remembers that has not taken part.
    private let newState: Parts
    private let knownTrainings = KnownTrainings()

    public init(
        model: ModelDefinition, seed: UInt64, data: HostedData, strategy: any Strategy,
        evaluation: ClientEvaluation = .none
    ) {
        self.model = model
        self.seed = seed
        self.data = data
        self.strategy = strategy
        self.evaluation = evaluation
        broadcastLayout = strategy.parts.broadcast(model.layout)
        updateLayout = strategy.parts.update(model.layout, evaluation)
        stateLayout = strategy.parts.client(model.layout)
        var state = Parts(zerosFor: stateLayout)
        if strategy.parts.hasClientState {
            strategy.begin(client: &state, initial: model.initialParameters(seed: seed))
        }
        newState = state
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
        var state = remembered ?? newState
        let plan = strategy.plan(broadcast, state, of: model.layout)
        let misbehaviour = Misbehaviour(behaviours, of: key, seed: seed)
        let shard = misbehaviour.poisoned(Shard(examples: data.examples, indices: data.indices(of: key.client)))
        let local = ClientTrainer(
            trainer, on: shard.examples, indices: shard.indices, settings: settings, seed: seed, round: key.round,
            client: key.client)
        let initialLoss = strategy.parts.needsInitialLoss ? local.evaluate(plan.start).loss : 0
        var parameters = plan.start
        var personal = plan.personal?.start
        let report: TrainingReport
        if misbehaviour.trains {
            report = try local.train(&parameters, plan.phases, isCancelled: isCancelled)
            if let own = plan.personal { personal = try local.train(own, isCancelled: isCancelled) }
        } else {
            report = misbehaviour.pretended(local.evaluate(plan.start), settings)
        }
        let trained = parameters
        try misbehaviour.distort(&parameters, from: plan.start) { (order, behaviour) throws(TrainingFailure) in
            try knownTrainings.forged(order, behaviour, from: plan.start, settings: settings) {
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
                start: plan.start, model: parameters, personal: personal, examples: shard.claimed, steps: report.steps,
                learningRate: Double(settings.learningRate), momentum: Double(settings.momentum),
                initialLoss: initialLoss),
            broadcast, update: &update, client: &state)
        if evaluation.isOn {
            let own = strategy.parts.hasPersonalModel ? personal ?? trained : nil
            try heldOutResult(of: broadcast, own: own, settings, key, on: trainer, isCancelled: isCancelled)
                .write(to: &update)
        }
        guard update.isFinite, state.isFinite else { throw TrainingFailure.diverged(step: report.steps) }
        if !codec.isCanonical { update.subtract(model: broadcast[vector: "model"]) }
        let base = remembered == nil ? 0 : stateRound
        // Before the update is sent: once it has counted, the state must not be lost.
        if strategy.parts.hasClientState, let states {
            try states.keep(state, of: key.client, after: key.round, from: base)
        }
        return OutgoingUpdate(
            key: key, examples: UInt32(shard.claimed), loss: report.loss, accuracy: report.accuracy,
            steps: UInt32(clamping: report.steps), trainMicroseconds: UInt64(duration / .microseconds(1)),
            parts: update, stateRound: base, codec: codec, seed: seed, chunkSize: chunkSize)
    }

    /// What the client's held-out examples say of the round's model, and of its own. It is honest, whatever the client does.
    ///
    /// - Parameter own: the client's own model, where the strategy has one; elsewhere it is the round's, fine-tuned if the run
    ///   wants that.
    private func heldOutResult(
        of broadcast: Parts, own: ParameterVector?, _ settings: TrainingSettings, _ key: UpdateKey, on trainer: Trainer,
        isCancelled: () -> Bool
    ) throws(TrainingFailure) -> HeldOutResult {
        let heldOut = data.heldOut(of: key.client)
        func score(_ model: ParameterVector) -> HeldOutResult.Score {
            let found = trainer.evaluate(model, on: data.examples, indices: heldOut)
            return HeldOutResult.Score(correct: found.correct, loss: found.loss)
        }
        guard !heldOut.isEmpty else { return HeldOutResult(examples: 0, global: nil, personal: nil) }
        let global = strategy.parts.sharesWholeModel ? broadcast[vector: "model"] : nil
        var personal = own
        if personal == nil, evaluation.fineTuneEpochs > 0, var tuned = global {
            let local = ClientTrainer(
                trainer, on: data.examples, indices: data.indices(of: key.client), settings: settings, seed: seed,
                round: key.round, client: key.client)
            _ = try local.train(
                &tuned, [LocalPlan.Phase(.fineTuning, epochs: evaluation.fineTuneEpochs)],
                isCancelled: isCancelled)
            personal = tuned
        }
        return HeldOutResult(examples: heldOut.count, global: global.map(score), personal: personal.map(score))
    }

    /// What another client would train if it kept to the rules; `nil` if its training diverges. Only where clients remember
    /// nothing.
    private func honest(
        _ client: ClientID, _ broadcast: Parts, _ settings: TrainingSettings, round: UInt32, on trainer: Trainer,
        isCancelled: () -> Bool
    ) throws(TrainingFailure) -> ParameterVector? {
        let plan = strategy.plan(broadcast, newState, of: model.layout)
        let local = ClientTrainer(
            trainer, on: data.examples, indices: data.indices(of: client), settings: settings, seed: seed, round: round,
            client: client)
        var parameters = plan.start
        do {
            _ = try local.train(&parameters, plan.phases, isCancelled: isCancelled)
            return parameters
        } catch .diverged {
            return nil
        }
    }
}
