import Client
import Learning
import Runs
import Scenarios

extension RunContext {
    /// What the clients of the run do.
    var clientTraining: ClientTraining {
        ClientTraining(
            model: model, seed: scenario.seed, data: .dealt(dataset, training: partition, heldOut: heldOut),
            strategy: strategy, evaluation: scenario.evaluation)
    }
}
