public import Learning
public import Parameters

/// Trains what a ``LocalPlan`` says, on the examples of one client in one round.
public struct ClientTrainer {
    private let trainer: Trainer
    private let examples: ExampleSet
    private let indices: [Int32]
    private let settings: TrainingSettings
    private let seed: UInt64
    private let round: UInt32
    private let client: ClientID

    /// - Parameters:
    ///   - trainer: of the plan's model.
    ///   - indices: which of the examples the client trains on.
    ///   - settings: what the round asks for.
    ///   - seed: of the run.
    public init(
        _ trainer: Trainer, on examples: ExampleSet, indices: [Int32], settings: TrainingSettings, seed: UInt64,
        round: UInt32, client: ClientID
    ) {
        self.trainer = trainer
        self.examples = examples
        self.indices = indices
        self.settings = settings
        self.seed = seed
        self.round = round
        self.client = client
    }

    /// Trains a model, one phase after the other.
    ///
    /// - Parameter isCancelled: asked before each step.
    /// - Returns: what the last phase says of it, with the steps of all.
    /// - Throws: ``TrainingFailure``.
    public func train(
        _ model: inout ParameterVector, _ phases: [LocalPlan.Phase], isCancelled: () -> Bool
    ) throws(TrainingFailure) -> TrainingReport {
        var report = TrainingReport(loss: 0, accuracy: 0, examples: 0, steps: 0)
        for phase in phases {
            var settings = settings
            if let epochs = phase.epochs { settings.localEpochs = epochs }
            let last = try trainer.train(
                &model, on: examples, indices: indices, settings: settings, correction: phase.correction,
                frozen: phase.frozen, part: phase.part, seed: seed, round: round, client: client.rawValue,
                isCancelled: isCancelled)
            report = TrainingReport(
                loss: last.loss, accuracy: last.accuracy, examples: last.examples, steps: report.steps + last.steps)
        }
        return report
    }

    /// Trains the model that the client has for itself.
    ///
    /// - Throws: ``TrainingFailure``.
    public func train(
        _ personal: LocalPlan.Personal, isCancelled: () -> Bool
    ) throws(TrainingFailure) -> ParameterVector {
        var model = personal.start
        _ = try train(
            &model, [LocalPlan.Phase(.personal, correction: personal.correction, epochs: personal.epochs)],
            isCancelled: isCancelled)
        return model
    }

    /// How good a model is on the examples.
    public func evaluate(_ model: ParameterVector) -> Evaluation {
        trainer.evaluate(model, on: examples, indices: indices)
    }
}
