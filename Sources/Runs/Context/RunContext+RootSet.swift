import Datasets
import Diagnostics
public import Federation
public import Learning
public import Parameters
import Randomness
import Scenarios

extension RunContext {
    /// What the server trains itself in a round, on the root set of its strategy; `nil` where that has none.
    ///
    /// - Parameters:
    ///   - model: the round's.
    ///   - strategy: the run's unless given.
    /// - Throws: a ``Problem`` when its training diverges.
    public func rootModel(
        from model: ParameterVector, in round: UInt32, strategy other: (any Strategy)? = nil,
        on threads: TrainingThreads
    ) async throws -> ParameterVector? {
        let count = min((other ?? strategy).rootExamples, dataset.train.count)
        guard count > 0 else { return nil }
        var stream = RandomStream(seed: scenario.seed, purpose: .rootSet)
        let indices = stream.sample(count, below: dataset.train.count).map { Int32($0) }
        do {
            return try await threads.run { [scenario, dataset] trainer, isCancelled in
                var trained = model
                // No client has this number.
                _ = try trainer.train(
                    &trained, on: dataset.train, indices: indices, settings: scenario.training(in: round),
                    seed: scenario.seed, round: round, client: UInt32.max, isCancelled: isCancelled)
                return trained
            }
        } catch TrainingFailure.cancelled {
            throw CancellationError()
        } catch let failure as TrainingFailure {
            throw Problem(
                .data, "the server's own training in round \(round) fails: \(failure.text)", at: scenario.name,
                remedy: "try a smaller train.learning_rate")
        }
    }
}
