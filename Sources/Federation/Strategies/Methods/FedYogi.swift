public import Parameters
public import Settings

/// FedYogi: v ← v − (1 − β₂) Δ² sign(v − Δ²).
public struct FedYogi: Strategy {
    public static let name = "fedyogi"
    public static let summary = "Yogi on the server"
    public static let citation = AdaptiveServerOptimizer.citation
    public static let settings = AdaptiveServerOptimizer.settings(beta1: 0.9, hasBeta2: true)

    public let weighting: Weighting
    private let optimizer: AdaptiveServerOptimizer
    private let beta2: Double

    public init(_ values: SettingValues) {
        optimizer = AdaptiveServerOptimizer(values)
        beta2 = values.number("beta2")
        weighting = Weighting(values)
    }

    public var parts: StrategyParts { AdaptiveServerOptimizer.parts }

    public func begin(_ server: inout Parts) {
        optimizer.begin(&server)
    }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        optimizer.step(
            &server, mean: aggregate.mean[vector: "parameters"], rateFactor: round.rateFactor
        ) { [beta2] moment, square in
            let sign: Double = moment > square ? 1 : moment < square ? -1 : 0
            return moment - (1 - beta2) * square * sign
        }
    }
}
