public import Parameters
public import Settings

/// FedAdam: v ← β₂ v + (1 − β₂) Δ².
public struct FedAdam: Strategy {
    public static let name = "fedadam"
    public static let summary = "Adam on the server"
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
            beta2 * moment + (1 - beta2) * square
        }
    }
}
