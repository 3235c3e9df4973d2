public import Learning
public import Parameters
public import Settings

/// FedAsync: each update makes a model at once, mixed into the one before by what its staleness leaves of α:
/// w ← (1 − αₜ) w + αₜ y with αₜ = α s(τ). Clients minimise F(y) + ρ/2 ‖y − w‖² for the model w that they began with.
public struct FedAsync: Strategy {
    public static let name = "fedasync"
    public static let summary = "clients that do not wait for each other; each update is mixed into the model at once"
    public static let citation = "Xie et al., Asynchronous Federated Optimization, 2019, Algorithm 1"
    public static let settings: [Setting] =
        [
            Setting(
                "alpha", .above(0, upTo: 1), default: 0.6, "α, the part of the model that an update without delay makes"
            ),
            Setting("rho", .from(0, upTo: 1000), default: 0, "ρ, the strength of the proximal term ρ/2 ‖y − w‖²"),
        ] + Asynchrony.settings + StalenessWeight.settings

    public let asynchrony: Asynchrony?
    private let alpha: Double
    private let rho: Double
    private let staleness: StalenessWeight

    public init(_ values: SettingValues) {
        alpha = values.number("alpha")
        rho = values.number("rho")
        asynchrony = Asynchrony(buffer: 1, values)
        staleness = StalenessWeight(values)
    }

    public var weighting: Weighting { .uniform }
    public var parts: StrategyParts { StrategyParts() }

    public func correction(_ broadcast: Parts, _ client: Parts) -> GradientCorrection {
        rho == 0
            ? .none : GradientCorrection(alpha: Float(rho), anchor: broadcast[vector: "model"], offset: nil)
    }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        let age = aggregate.contributions.first?.staleness ?? 0
        server.move(towards: aggregate.mean[vector: "parameters"], by: alpha * staleness.weight(age) * round.rateFactor)
    }
}
