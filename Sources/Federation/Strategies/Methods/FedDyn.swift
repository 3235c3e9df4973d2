public import Learning
public import Parameters
public import Settings

/// FedDyn: each client's objective has a linear term λᵢ and a quadratic one that make its optimum agree with the whole's.
///
/// Client: minimises L(θ) − ⟨λᵢ, θ⟩ + α/2 ‖θ − θₜ‖², then λᵢ ← λᵢ − α (θᵢ − θₜ). Server, with m clients in the population
/// and P of them in the round: h ← h − α/m Σ (θᵢ − θₜ), θₜ₊₁ = 1/|P| Σ θᵢ − h/α. λᵢ and h begin with zero.
public struct FedDyn: Strategy {
    public static let name = "feddyn"
    public static let summary = "a dynamic regulariser makes the clients' optima agree with the whole's"
    public static let citation =
        "Acar et al., Federated Learning Based on Dynamic Regularization, 2021, Algorithm 1"
    public static let settings: [Setting] = [
        Setting("alpha", .above(0, upTo: 1000), default: 0.01, "α, the strength of the dynamic regulariser"),
        Weighting.setting(default: .uniform),
    ]

    public let weighting: Weighting
    private let alpha: Double

    public init(_ values: SettingValues) {
        alpha = values.number("alpha")
        weighting = Weighting(values)
    }

    public var parts: StrategyParts {
        StrategyParts(serverVectors: ["h"], clientVectors: ["lambda"])
    }

    public func correction(_ broadcast: Parts, _ client: Parts) -> GradientCorrection {
        var offset = client[vector: "lambda"]
        offset.withMutableValues { values in
            for index in 0..<values.count { values[index] = -values[index] }
        }
        return GradientCorrection(alpha: Float(alpha), anchor: broadcast[vector: "model"], offset: offset)
    }

    public func finish(_ training: LocalTraining, _ broadcast: Parts, update: inout Parts, client: inout Parts) {
        client[vector: "lambda"].apply(training.model, training.start) { [alpha] lambda, trained, start in
            lambda - alpha * (trained - start)
        }
        update[vector: "parameters"] = training.model
    }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        let mean = aggregate.mean[vector: "parameters"]
        let share = Double(aggregate.count) / Double(round.clients)
        var h = server[vector: "h"]
        h.apply(mean, server[vector: "model"]) { [alpha] h, mean, model in h - alpha * share * (mean - model) }
        server[vector: "model"] = mean.combined(with: h) { [alpha] mean, h in mean - h / alpha }
        server[vector: "h"] = h
    }
}
