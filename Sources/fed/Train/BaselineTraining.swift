import Datasets
import Learning
import Parameters
import Terminal

/// A training on all the examples of a data set, as one client that holds them all.
struct BaselineTraining: Sendable {
    let model: ModelDefinition
    let settings: TrainingSettings
    let seed: UInt64
    let dataset: Dataset
    /// Where the progress is shown.
    let display: TerminalOutput

    /// Trains, and evaluates on the test examples after each epoch.
    ///
    /// - Parameter report: called after each epoch.
    func run(
        on trainer: Trainer, isCancelled: () -> Bool, report: (BaselineResult.Epoch) -> Void
    ) throws(TrainingFailure) -> BaselineResult {
        // The trainer's own memory is in the midst of its training when an epoch ends.
        let evaluator = Trainer(model: model)
        var parameters = model.initialParameters(seed: seed)
        var epochs: [BaselineResult.Epoch] = []
        var bar: ProgressDisplay?
        defer { bar?.finish() }
        _ = try trainer.train(
            &parameters, on: dataset.train, indices: (0..<Int32(dataset.train.count)).map { $0 }, settings: settings,
            seed: seed, round: 1, client: 0, isCancelled: isCancelled,
            afterStep: { progress, parameters in
                let current =
                    bar
                    ?? ProgressDisplay(
                        "epoch \(progress.epoch)/\(settings.localEpochs)", total: progress.examples,
                        unit: .items("examples"), output: display)
                bar = current
                current.advance(
                    to: progress.training.count, note: "loss " + NumberFormat.fixed(progress.training.loss, 4))
                guard progress.endsEpoch else { return }
                current.finish()
                bar = nil
                let test = evaluator.evaluate(parameters(), on: dataset.test, range: 0..<dataset.test.count)
                let epoch = BaselineResult.Epoch(epoch: progress.epoch, training: progress.training, test: test)
                epochs.append(epoch)
                report(epoch)
            })
        return BaselineResult(self, epochs: epochs, modelDigest: parameters.digest)
    }
}
