public import Settings

/// The coordinate-wise median of what the clients trained.
public struct Median: RobustStrategy {
    public static let name = "median"
    public static let summary = "each coordinate is the median of the clients'"
    public static let citation =
        "Yin et al., Byzantine-Robust Distributed Learning: Towards Optimal Statistical Rates, 2018, Algorithm 1, Option I"
    public static let settings: [Setting] = [.serverLearningRate()]

    public let serverLearningRate: Double

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
    }

    public let needsGeometry = false

    public func combination(of updates: UpdateGeometry) -> Combination {
        .coordinates(.median, of: Array(0..<updates.count))
    }
}
