public import Settings

/// Multi-Krum: the mean of the m updates with the lowest scores of ``Krum``.
public struct MultiKrum: RobustStrategy {
    public static let name = "multi-krum"
    public static let summary = "the mean of the updates that are nearest to their neighbours"
    public static let citation =
        "Blanchard et al., Machine Learning with Adversaries: Byzantine Tolerant Gradient Descent, 2017, Section 5"
    public static let settings: [Setting] = [
        .tolerated,
        Setting(
            "m", .wholeNumber(0...1_000_000), default: .wholeNumber(0),
            "m, the updates that are averaged; 0: all but f of them"),
        .serverLearningRate(),
    ]

    public let serverLearningRate: Double
    private let f: Int
    private let m: Int

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        f = values.wholeNumber("f")
        m = values.wholeNumber("m")
    }

    public func obstacle(toUpdates count: Int) -> String? {
        if let obstacle = Krum.obstacle(toUpdates: count, f: f) { return obstacle }
        return m <= count ? nil : "averages m: \(m) updates"
    }

    public let needsGeometry = true

    public func combination(of updates: UpdateGeometry) -> Combination {
        let scores = Krum.scores(of: Array(0..<updates.count), updates, f: f)
        return .mean(of: Krum.lowest(m == 0 ? updates.count - f : m, of: scores), among: updates.count)
    }
}
