import Federation
import Learning
import Parameters
import Randomness

/// The examples that a client trains on, and how many it claims.
struct Shard {
    let examples: ExampleSet
    let indices: [Int32]
    let claimed: Int
    /// Whether the client has changed them.
    let isPoisoned: Bool

    /// An honest client's.
    init(examples: ExampleSet, indices: [Int32]) {
        self.examples = examples
        self.indices = indices
        claimed = indices.count
        isPoisoned = false
    }

    init(_ examples: EditableExamples, claimed: Int) {
        self.examples = ExampleSet(examples)
        self.claimed = claimed
        indices = Array(0..<Int32(examples.count))
        isPoisoned = true
    }
}

/// What one client does in one round instead of what it is asked for: its behaviours, one after the other; none for an honest
/// client.
struct Misbehaviour {
    private let acts: [(order: RoundBehaviour, behaviour: any Behaviour)]
    private let key: UpdateKey
    private let seed: UInt64

    init(_ behaviours: [RoundBehaviour], of key: UpdateKey, seed: UInt64) {
        acts = behaviours.of(key.client).map { ($0, $0.choice.make()) }
        self.key = key
        self.seed = seed
    }

    var trains: Bool { acts.allSatisfy(\.behaviour.trains) }

    func poisoned(_ shard: Shard) -> Shard {
        guard !acts.isEmpty, !shard.indices.isEmpty else { return shard }
        let honest = EditableExamples(shard.examples, at: shard.indices)
        var examples = honest
        var stream = RandomStream(seed: seed, purpose: .poisoning, client: key.client.rawValue)
        for act in acts { act.behaviour.poison(&examples, &stream) }
        return examples == honest ? shard : Shard(examples, claimed: shard.claimed)
    }

    /// What a client claims that has not trained: the loss of the round's model, and the steps that it was asked for.
    func pretended(_ evaluation: Evaluation, _ settings: TrainingSettings) -> TrainingReport {
        let batch = max(1, settings.batchSize.size(for: evaluation.count))
        return TrainingReport(
            loss: evaluation.loss, accuracy: evaluation.accuracy, examples: evaluation.count,
            steps: settings.localEpochs * ((evaluation.count + batch - 1) / batch))
    }

    /// Makes of what was trained what is claimed.
    ///
    /// - Parameter forge: gives what clients claim that know others' updates.
    func distort(
        _ trained: inout ParameterVector, from start: ParameterVector,
        forge: (RoundBehaviour, any Behaviour) throws(TrainingFailure) -> ParameterVector
    ) throws(TrainingFailure) {
        var stream = RandomStream(
            seed: seed, purpose: .attackNoise, round: key.round, client: key.client.rawValue)
        for (order, behaviour) in acts {
            if behaviour.knowledge != nil { trained = try forge(order, behaviour) }
            behaviour.distort(&trained, from: start, order.attack, &stream)
        }
    }
}
