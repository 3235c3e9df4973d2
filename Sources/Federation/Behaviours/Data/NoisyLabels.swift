public import Learning
public import Randomness
public import Settings

/// Noisy labels: each label is, with a probability, replaced by one of the others, drawn uniformly; the same in every round. No
/// attack: people who label carelessly.
public struct NoisyLabels: Behaviour {
    public static let name = "noisy-labels"
    public static let summary = "trains on labels some of which are wrong by mistake"
    public static let citation =
        "Fang and Ye, Robust Federated Learning with Noisy and Heterogeneous Clients, 2022, Section 4.1, symmetric noise"
    public static let settings: [Setting] = [
        Setting("noise", .from(0, upTo: 1), default: 0.5, "the probability that a label is a wrong one")
    ]

    private let noise: Double

    public init(_ values: SettingValues) {
        noise = values.number("noise")
    }

    public func poison(_ examples: inout EditableExamples, _ stream: inout RandomStream) {
        for index in examples.labels.indices where stream.uniform() < noise && examples.classes > 1 {
            let other = 1 + stream.below(examples.classes - 1)
            examples.labels[index] = UInt8(clamping: (Int(examples.labels[index]) + other) % examples.classes)
        }
    }
}
