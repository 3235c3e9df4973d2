public import Settings

/// FedYogi: v ← v − (1 − β₂) Δ² sign(v − Δ²).
public struct FedYogi: AdaptiveStrategy {
    public static let name = "fedyogi"
    public static let summary = "Yogi on the server"
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
        let sign: Double = moment > square ? 1 : moment < square ? -1 : 0
        return moment - (1 - beta2) * square * sign
    }
}
