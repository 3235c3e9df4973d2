public import Parameters
public import Settings

/// Federated averaging: wₜ₊₁ = Σ nₖ/n · wₖ over the cohort; with a server learning rate η other than 1,
/// wₜ₊₁ = wₜ + η (Σ nₖ/n · wₖ − wₜ).
///
/// Deviation from the paper: n counts the examples of the clients that reported, not of the whole cohort, so that a
/// client's absence does not shrink the model.
public struct FedAvg: Strategy {
    public static let name = "fedavg"
    public static let summary = "the mean of what the clients trained, weighted by their examples"
    public static let citation =
        "McMahan et al., Communication-Efficient Learning of Deep Networks from Decentralized Data, 2017, Algorithm 1"
    public static let settings: [Setting] = [.serverLearningRate(), Weighting.setting(default: .examples)]

    public let weighting: Weighting
    private let serverLearningRate: Double

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        weighting = Weighting(values)
    }

    public var parts: StrategyParts { StrategyParts() }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        server.move(towards: aggregate.mean[vector: "parameters"], by: serverLearningRate * round.rateFactor)
    }
}

extension Setting {
    /// η of the server's step, where 1 is plain averaging.
    static func serverLearningRate(default standard: Double = 1) -> Setting {
        Setting(
            "server_learning_rate", .above(0, upTo: 1000), default: standard,
            "η of the server's step: how far the model goes towards what the clients' mean says")
    }
}

extension Parts {
    /// w ← w + rate · (mean − w); with a rate of 1 the mean itself, to the last bit.
    /// Of a mean that has only some of the model's tensors, the others stay as they are.
    mutating func move(towards mean: ParameterVector, by rate: Double) {
        var moved = mean
        if rate != 1 {
            moved.apply(self[vector: "model"].selecting(mean.layout)) { mean, model in model + rate * (mean - model) }
        }
        self[vector: "model"].replace(with: moved)
    }
}
