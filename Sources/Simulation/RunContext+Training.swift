import Client
import Learning
import Parameters
import Runs
import Scenarios
import Wire

extension RunContext {
    /// What the clients of the run do.
    var clientTraining: ClientTraining {
        ClientTraining(
            model: model, seed: scenario.seed, data: .dealt(dataset, training: partition, heldOut: heldOut),
            strategy: strategy, evaluation: scenario.evaluation)
    }

    /// What clients make of what goes out in a round, and how many bytes it takes to each of them.
    func received(_ broadcast: Parts, round: UInt32) throws -> (values: ParameterVector, byteCount: Int) {
        let codec = scenario.network.download.codec
        let encoded = codec.encode(broadcast: broadcast.values, round: round, seed: scenario.seed)
        return (try encoded.decoded(by: codec, layout: broadcast.layout.combined), encoded.byteCount)
    }
}
