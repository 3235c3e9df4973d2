public import Settings

/// FedAdagrad: v ← v + Δ².
public struct FedAdagrad: AdaptiveStrategy {
    public static let name = "fedadagrad"
    public static let summary = "Adagrad on the server"
    public static let settings = AdaptiveRates.settings(beta1: 0, hasBeta2: false)

    public let weighting: Weighting
    public let rates: AdaptiveRates

    public init(_ values: SettingValues) {
        rates = AdaptiveRates(values)
        weighting = Weighting(values)
    }

    public func secondMoment(_ moment: Double, _ square: Double) -> Double { moment + square }
}
