public import Settings

/// RFA: the geometric median z of the updates, which minimises Σ αₖ ‖z − xₖ‖ with αₖ their weights, by the smoothed Weiszfeld
/// algorithm: from the weighted mean on, βₖ = αₖ / max(ν, ‖z − xₖ‖) and z ← Σ βₖ xₖ / Σ βₖ, a few times.
public struct RFA: RobustStrategy {
    public static let name = "rfa"
    public static let summary = "the geometric median of the updates"
    public static let citation =
        "Pillutla et al., Robust Aggregation for Federated Learning, 2022, Algorithm 2"
    public static let settings: [Setting] = [
        Setting(
            "iterations", .wholeNumber(1...1_000), default: .wholeNumber(3), "how often the rule improves on its answer"
        ),
        Setting(
            "nu", .above(0, upTo: 1), default: 1e-6,
            "ν, the distance below which an update counts no more for being nearer"),
        .serverLearningRate(), Weighting.setting(default: .examples),
    ]

    public let serverLearningRate: Double
    public let weighting: Weighting
    private let iterations: Int
    private let nu: Double

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        weighting = Weighting(values)
        iterations = values.wholeNumber("iterations")
        nu = values.number("nu")
    }

    public let needsGeometry = true

    public func combination(of updates: UpdateGeometry) -> Combination {
        let alpha = updates.weights.map(Double.init)
        var beta = Self.normalised(alpha)
        for _ in 0..<iterations {
            let distances = updates.distances(fromCombination: beta)
            beta = Self.normalised(zip(alpha, distances).map { [nu] in $0 / max(nu, $1) })
        }
        return .linear(beta)
    }

    private static func normalised(_ weights: [Double]) -> [Double] {
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }
}
