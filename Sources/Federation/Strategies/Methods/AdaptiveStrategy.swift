public import Parameters
import Settings

/// What FedAdagrad, FedAdam and FedYogi share: an adaptive optimiser on the server, whose gradient is the clients' mean
/// difference Δₜ (Reddi et al. 2021, Algorithm 2). There is no correction of the moments' bias, as in the paper, and the
/// second moment begins with τ², its smallest allowed value.
///
///     m ← β₁ m + (1 − β₁) Δ,   v ← each method's own,   w ← w + η m / (√v + τ)
public protocol AdaptiveStrategy: Strategy {
    /// η, β₁ and τ.
    var rates: AdaptiveRates { get }

    /// v of the round from v before and Δ².
    func secondMoment(_ moment: Double, _ square: Double) -> Double
}

/// What the strategies with an adaptive server have in common.
public struct AdaptiveRates: Sendable {
    /// η.
    let rate: Double
    let beta1: Double
    let tau: Double

    init(_ values: SettingValues) {
        rate = values.number("server_learning_rate")
        beta1 = values.number("beta1")
        tau = values.number("tau")
    }

    /// - Parameter hasBeta2: whether the second moment forgets.
    static func settings(beta1: Double, hasBeta2: Bool) -> [Setting] {
        let beta2 = Setting(
            "beta2", .from(0, below: 1), default: 0.99, "β₂, the part of the second moment that the next one keeps")
        return [
            .serverLearningRate(default: 0.1),
            Setting(
                "beta1", .from(0, below: 1), default: beta1, "β₁, the part of the first moment that the next one keeps"),
        ] + (hasBeta2 ? [beta2] : []) + [
            Setting(
                "tau", .above(0, upTo: 1), default: 0.001,
                "τ, the degree of adaptivity: the least that a step is divided by"),
            Weighting.setting(default: .examples),
        ]
    }
}

extension AdaptiveStrategy {
    public static var citation: String { "Reddi et al., Adaptive Federated Optimization, 2021, Algorithm 2" }

    public var parts: StrategyParts { StrategyParts(serverVectors: ["momentum", "second_moment"]) }

    public func begin(_ server: inout Parts) {
        let least = Float(rates.tau * rates.tau)
        server.withMutableValues(of: "second_moment") { $0.update(repeating: least) }
    }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        let (beta1, tau, rate) = (rates.beta1, rates.tau, rates.rate * round.rateFactor)
        var model = server[vector: "model"]
        var momentum = server[vector: "momentum"]
        var moment = server[vector: "second_moment"]
        let difference = aggregate.mean[vector: "parameters"].combined(with: model) { mean, model in mean - model }
        momentum.apply(difference) { momentum, delta in beta1 * momentum + (1 - beta1) * delta }
        moment.apply(difference) { moment, delta in secondMoment(moment, delta * delta) }
        model.apply(momentum, moment) { model, momentum, moment in
            model + rate * momentum / (moment.squareRoot() + tau)
        }
        server[vector: "model"] = model
        server[vector: "momentum"] = momentum
        server[vector: "second_moment"] = moment
    }
}
