public import Settings

/// The coordinate-wise trimmed mean: of each coordinate the β n smallest and the β n largest values are left out, and the rest
/// averaged.
public struct TrimmedMean: RobustStrategy {
    public static let name = "trimmed-mean"
    public static let summary = "each coordinate is the mean of the clients' without the largest and the smallest"
    public static let citation =
        "Yin et al., Byzantine-Robust Distributed Learning: Towards Optimal Statistical Rates, 2018, Algorithm 1, Option II"
    public static let settings: [Setting] = [
        Setting(
            "trim", .from(0, below: 0.5), default: 0.2,
            "β, the part of the clients' values that is left out at each end of a coordinate"),
        .serverLearningRate(),
    ]

    public let serverLearningRate: Double
    private let trim: Double

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        trim = values.number("trim")
    }

    public let needsGeometry = false

    /// What is left out at each end, rounded up as far as something remains: β is the attackers' part that is withstood.
    private func cut(of count: Int) -> Int { min(Int((trim * Double(count)).rounded(.up)), (count - 1) / 2) }

    public func combination(of updates: UpdateGeometry) -> Combination {
        .coordinates(.trimmedMean(cut: cut(of: updates.count)), of: Array(0..<updates.count))
    }
}
