import Federation
import Learning
import Parameters

/// The trainings of one client in one round, on the examples that it trains on.
struct LocalRun {
    let examples: ExampleSet
    let indices: [Int32]
    /// What the round asks for.
    let settings: TrainingSettings
    let seed: UInt64
    let key: UpdateKey
    let trainer: Trainer

    /// Trains a model, one phase after the other.
    ///
    /// - Returns: what the last phase says of it, with the steps of all.
    func train(
        _ model: inout ParameterVector, _ phases: [LocalPlan.Phase], isCancelled: () -> Bool
    ) throws(TrainingFailure) -> TrainingReport {
        var report = TrainingReport(loss: 0, accuracy: 0, examples: 0, steps: 0)
        for phase in phases {
            var settings = settings
            if let epochs = phase.epochs { settings.localEpochs = epochs }
            let last = try trainer.train(
                &model, on: examples, indices: indices, settings: settings, correction: phase.correction,
                frozen: phase.frozen, part: phase.part, seed: seed, round: key.round, client: key.client.rawValue,
                isCancelled: isCancelled)
            report = TrainingReport(
                loss: last.loss, accuracy: last.accuracy, examples: last.examples, steps: report.steps + last.steps)
        }
        return report
    }

    /// Trains the model that the client has for itself.
    func train(
        _ personal: LocalPlan.Personal, isCancelled: () -> Bool
    ) throws(TrainingFailure) -> ParameterVector {
        var model = personal.start
        _ = try train(
            &model, [LocalPlan.Phase(.personal, correction: personal.correction, epochs: personal.epochs)],
            isCancelled: isCancelled)
        return model
    }

    func evaluate(_ model: ParameterVector) -> Evaluation {
        trainer.evaluate(model, on: examples, indices: indices)
    }
}
