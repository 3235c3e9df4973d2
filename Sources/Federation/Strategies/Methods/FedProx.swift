public import Learning
public import Parameters
public import Settings

/// FedProx: federated averaging of clients that minimise F(w) + μ/2 ‖w − wₜ‖², so that they do not drift far from the
/// round's model. It takes what clients come to that do fewer epochs than asked: a scenario's `train.partial_work`.
public struct FedProx: AveragingStrategy {
    public static let name = "fedprox"
    public static let summary = "averaging, with a proximal term that holds clients near the round's model"
    public static let citation = "Li et al., Federated Optimization in Heterogeneous Networks, 2020, Algorithm 2"
    public static let settings: [Setting] = [
        Setting("mu", .from(0, upTo: 1000), default: 0.01, "μ, the strength of the proximal term μ/2 ‖w − wₜ‖²"),
        .serverLearningRate(), Weighting.setting(default: .examples),
    ]

    public let weighting: Weighting
    private let mu: Double
    public let serverLearningRate: Double

    public init(_ values: SettingValues) {
        mu = values.number("mu")
        serverLearningRate = values.number("server_learning_rate")
        weighting = Weighting(values)
    }

    public var parts: StrategyParts { StrategyParts() }

    public func correction(_ broadcast: Parts, _ client: Parts) -> GradientCorrection {
        mu == 0
            ? .none : GradientCorrection(alpha: Float(mu), anchor: broadcast[vector: "model"], offset: nil)
    }
}
