public import Parameters
public import Settings

/// FedAvgM: averaging with momentum on the server. With Δ = Σ nₖ/n · wₖ − wₜ: v ← β v + Δ, w ← w + η v.
public struct FedAvgM: Strategy {
    public static let name = "fedavgm"
    public static let summary = "averaging with momentum on the server"
    public static let citation =
        "Hsu, Qi and Brown, Measuring the Effects of Non-Identical Data Distribution for Federated Visual "
        + "Classification, 2019, Section 4.3"
    public static let settings: [Setting] = [
        .serverLearningRate(),
        Setting(
            "beta", .from(0, below: 1), default: 0.9, "β, the part of the server's last step that the next one keeps"),
        Weighting.setting(default: .examples),
    ]

    public let weighting: Weighting
    private let serverLearningRate: Double
    private let beta: Double

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        beta = values.number("beta")
        weighting = Weighting(values)
    }

    public var parts: StrategyParts { StrategyParts(serverVectors: ["velocity"]) }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        var model = server[vector: "model"]
        var velocity = server[vector: "velocity"]
        velocity.apply(aggregate.mean[vector: "parameters"], model) { [beta] velocity, mean, model in
            beta * velocity + (mean - model)
        }
        model.apply(velocity) { [rate = serverLearningRate * round.rateFactor] model, velocity in
            model + rate * velocity
        }
        server[vector: "velocity"] = velocity
        server[vector: "model"] = model
    }
}
