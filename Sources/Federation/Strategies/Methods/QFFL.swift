public import Learning
public import Parameters
internal import Randomness
public import Settings

/// q-FFL (its solver q-FedAvg): clients on which the model is worse count more, the more so the larger q; q = 0 is averaging
/// with equal weights.
///
/// With F the loss of the round's model on the client's examples and L = 1/η: Δw = L (w − wₖ), Δₖ = F^q Δw,
/// hₖ = q F^(q−1) ‖Δw‖² + L F^q. Server: w ← w − Σ Δₖ / Σ hₖ.
public struct QFFL: Strategy {
    public static let name = "qffl"
    public static let summary = "fair averaging: clients on which the model is worse count more"
    public static let citation = "Li et al., Fair Resource Allocation in Federated Learning, 2020, Algorithm 2"
    public static let settings: [Setting] = [
        Setting("q", .from(0, upTo: 20), default: 1, "q, how much more a client counts on which the model is worse")
    ]

    public let weighting = Weighting.uniform
    private let q: Double

    public init(_ values: SettingValues) {
        q = values.number("q")
    }

    public var parts: StrategyParts {
        StrategyParts(updateVectors: ["direction"], updateScalars: ["h"], needsInitialLoss: true)
    }

    public func obstacle(to training: TrainingSettings) -> String? {
        if case .sgd = training.optimizer { return nil }
        return "estimates the Lipschitz constant by SGD's learning rate: optimizer: sgd"
    }

    public func finish(_ training: LocalTraining, _ broadcast: Parts, update: inout Parts, client: inout Parts) {
        let lipschitz = 1 / training.learningRate
        // A loss of exactly zero has no power q − 1.
        let loss = max(training.initialLoss, 1e-10)
        let power = PortableMath.pow(loss, q)
        let square = lipschitz * lipschitz * training.start.squaredDistance(to: training.model)
        update[vector: "direction"] = training.start.combined(with: training.model) { start, trained in
            power * lipschitz * (start - trained)
        }
        update[scalar: "h"] = q * PortableMath.pow(loss, q - 1) * square + lipschitz * power
    }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        let rate = Double(aggregate.count) / aggregate.sum(scalar: "h")
        server[vector: "model"].apply(aggregate.mean[vector: "direction"]) { model, direction in
            model - rate * direction
        }
    }
}
