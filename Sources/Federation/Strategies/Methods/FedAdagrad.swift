public import Parameters
public import Settings

/// FedAdagrad: v ← v + Δ².
public struct FedAdagrad: Strategy {
    public static let name = "fedadagrad"
    public static let summary = "Adagrad on the server"
    public static let citation = AdaptiveServerOptimizer.citation
    public static let settings = AdaptiveServerOptimizer.settings(beta1: 0, hasBeta2: false)

    public let weighting: Weighting
    private let optimizer: AdaptiveServerOptimizer

    public init(_ values: SettingValues) {
        optimizer = AdaptiveServerOptimizer(values)
        weighting = Weighting(values)
    }

    public var parts: StrategyParts { AdaptiveServerOptimizer.parts }

    public func begin(_ server: inout Parts) {
        optimizer.begin(&server)
    }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        optimizer.step(
            &server, mean: aggregate.mean[vector: "parameters"], rateFactor: round.rateFactor
        ) { moment, square in moment + square }
    }
}
