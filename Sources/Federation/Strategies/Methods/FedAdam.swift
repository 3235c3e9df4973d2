public import Settings

/// FedAdam: v ← β₂ v + (1 − β₂) Δ².
public struct FedAdam: AdaptiveStrategy {
    public static let name = "fedadam"
    public static let summary = "Adam on the server"
    public static let settings = AdaptiveRates.settings(beta1: 0.9, hasBeta2: true)

    public let weighting: Weighting
    public let rates: AdaptiveRates
    private let beta2: Double

    public init(_ values: SettingValues) {
        rates = AdaptiveRates(values)
        beta2 = values.number("beta2")
        weighting = Weighting(values)
    }

    public func secondMoment(_ moment: Double, _ square: Double) -> Double {
        beta2 * moment + (1 - beta2) * square
    }
}
