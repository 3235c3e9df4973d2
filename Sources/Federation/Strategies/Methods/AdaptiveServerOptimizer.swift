import Parameters
import Settings

/// What FedAdagrad, FedAdam and FedYogi share: an adaptive optimiser on the server, whose gradient is the clients' mean
/// difference Δₜ (Reddi et al. 2021, Algorithm 2). There is no correction of the moments' bias, as in the paper, and the
/// second moment begins with τ², its smallest allowed value.
///
///     m ← β₁ m + (1 − β₁) Δ,   v ← each method's own,   w ← w + η m / (√v + τ)
struct AdaptiveServerOptimizer {
    static let citation = "Reddi et al., Adaptive Federated Optimization, 2021, Algorithm 2"
    static let parts = StrategyParts(serverVectors: ["momentum", "second_moment"])

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

    private let rate: Double
    private let beta1: Double
    private let tau: Double

    init(_ values: SettingValues) {
        rate = values.number("server_learning_rate")
        beta1 = values.number("beta1")
        tau = values.number("tau")
    }

    func begin(_ server: inout Parts) {
        let least = Float(tau * tau)
        server.withMutableValues(of: "second_moment") { $0.update(repeating: least) }
    }

    /// - Parameter second: v of the round from v before and Δ².
    @inline(__always)
    func step(
        _ server: inout Parts, mean: ParameterVector, rateFactor: Double,
        second: (_ moment: Double, _ square: Double) -> Double
    ) {
        var model = server[vector: "model"]
        var momentum = server[vector: "momentum"]
        var moment = server[vector: "second_moment"]
        let difference = mean.combined(with: model) { mean, model in mean - model }
        momentum.apply(difference) { [beta1] momentum, delta in beta1 * momentum + (1 - beta1) * delta }
        moment.apply(difference) { moment, delta in second(moment, delta * delta) }
        model.apply(momentum, moment) { [rate = rate * rateFactor, tau] model, momentum, moment in
            model + rate * momentum / (moment.squareRoot() + tau)
        }
        server[vector: "model"] = model
        server[vector: "momentum"] = momentum
        server[vector: "second_moment"] = moment
    }
}
