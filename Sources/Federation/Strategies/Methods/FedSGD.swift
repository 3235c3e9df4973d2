public import Learning
public import Parameters
public import Settings

/// Federated SGD: each client takes one step on all its examples, so that the mean of the models is one step along the
/// gradient of the whole: wₜ₊₁ = wₜ − η Σ nₖ/n · gₖ.
public struct FedSGD: Strategy {
    public static let name = "fedsgd"
    public static let summary = "one step of each client on all its examples: the gradient of the whole"
    public static let citation =
        "McMahan et al., Communication-Efficient Learning of Deep Networks from Decentralized Data, 2017, Section 2"
    public static let settings: [Setting] = [Weighting.setting(default: .examples)]

    public let weighting: Weighting

    public init(_ values: SettingValues) {
        weighting = Weighting(values)
    }

    public var parts: StrategyParts { StrategyParts() }

    public func obstacle(to training: TrainingSettings) -> String? {
        training.localEpochs == 1 && training.batchSize == .all && training.isPlainSGD
            ? nil : "takes one step of plain SGD on all examples: local_epochs: 1, batch_size: all, no momentum"
    }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        server[vector: "model"] = aggregate.mean[vector: "parameters"]
    }
}
