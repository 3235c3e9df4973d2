public import Learning
public import Parameters
public import Settings

/// FedNova: normalised averaging, so that clients that take more steps do not pull the model towards their own optimum.
///
/// A client sends its difference by the steps that it is worth, dᵢ = (yᵢ − x) / ‖aᵢ‖₁, and ‖aᵢ‖₁ itself: τ for plain SGD,
/// [τ − ρ (1 − ρ^τ) / (1 − ρ)] / (1 − ρ) with momentum ρ. The server: x ← x + η τ_eff Σ pᵢ dᵢ with τ_eff = Σ pᵢ ‖aᵢ‖₁.
public struct FedNova: Strategy {
    public static let name = "fednova"
    public static let summary = "averaging of the clients' differences by the steps that they took"
    public static let citation =
        "Wang et al., Tackling the Objective Inconsistency Problem in Heterogeneous Federated Optimization, 2020, "
        + "Equations 6 and 7"
    public static let settings: [Setting] = [.serverLearningRate(), Weighting.setting(default: .examples)]

    public let weighting: Weighting
    private let serverLearningRate: Double

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        weighting = Weighting(values)
    }

    public var parts: StrategyParts {
        StrategyParts(updateVectors: ["direction"], updateScalars: ["effective_steps"])
    }

    public func obstacle(to training: TrainingSettings) -> String? {
        if case .sgd = training.optimizer { return nil }
        return "knows what steps of SGD are worth, with momentum or without: optimizer: sgd"
    }

    public func finish(_ training: LocalTraining, _ broadcast: Parts, update: inout Parts, client: inout Parts) {
        let steps = training.effectiveSteps
        update[vector: "direction"] = training.model.combined(with: training.start) { trained, start in
            (trained - start) / steps
        }
        update[scalar: "effective_steps"] = steps
    }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        let rate = serverLearningRate * round.rateFactor * aggregate.mean(scalar: "effective_steps")
        server[vector: "model"].apply(aggregate.mean[vector: "direction"]) { model, direction in
            model + rate * direction
        }
    }
}
