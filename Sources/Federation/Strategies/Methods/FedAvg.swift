public import Settings

/// Federated averaging: wₜ₊₁ = Σ nₖ/n · wₖ over the cohort; with a server learning rate η other than 1,
/// wₜ₊₁ = wₜ + η (Σ nₖ/n · wₖ − wₜ).
///
/// Deviation from the paper: n counts the examples of the clients that reported, not of the whole cohort, so that a
/// client's absence does not shrink the model.
public struct FedAvg: AveragingStrategy {
    public static let name = "fedavg"
    public static let summary = "the mean of what the clients trained, weighted by their examples"
    public static let citation =
        "McMahan et al., Communication-Efficient Learning of Deep Networks from Decentralized Data, 2017, Algorithm 1"
    public static let settings: [Setting] = [.serverLearningRate(), Weighting.setting(default: .examples)]

    public let weighting: Weighting
    public let serverLearningRate: Double

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        weighting = Weighting(values)
    }

    public var parts: StrategyParts { StrategyParts() }
}
