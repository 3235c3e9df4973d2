public import Settings

/// Krum: the one update whose n − f − 2 nearest neighbours are nearest, in the sum of their squared distances.
public struct Krum: RobustStrategy {
    public static let name = "krum"
    public static let summary = "the one update that is nearest to its neighbours"
    public static let citation =
        "Blanchard et al., Machine Learning with Adversaries: Byzantine Tolerant Gradient Descent, 2017, Section 4"
    public static let settings: [Setting] = [.tolerated, .serverLearningRate()]

    public let serverLearningRate: Double
    private let f: Int

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        f = values.wholeNumber("f")
    }

    public func obstacle(toUpdates count: Int) -> String? { Self.obstacle(toUpdates: count, f: f) }

    public let needsGeometry = true

    public func combination(of updates: UpdateGeometry) -> Combination {
        .mean(of: Self.lowest(1, of: Self.scores(of: Array(0..<updates.count), updates, f: f)), among: updates.count)
    }

    /// The condition of the paper's Proposition 1.
    static func obstacle(toUpdates count: Int, f: Int) -> String? {
        count >= 2 * f + 3 ? nil : "needs 2 f + 3 updates, \(2 * f + 3) with f: \(f)"
    }

    /// s(i) of each of the candidates: the sum of the squared distances to the n − f − 2 nearest of the others, one at least.
    static func scores(of candidates: [Int], _ updates: UpdateGeometry, f: Int) -> [Double] {
        let neighbours = max(1, candidates.count - f - 2)
        return candidates.map { i in
            candidates.lazy.filter { $0 != i }.map { updates.squaredDistance(i, $0) }.sorted().prefix(neighbours)
                .reduce(0, +)
        }
    }

    /// The places of the lowest scores, the first of equal ones.
    static func lowest(_ count: Int, of scores: [Double]) -> [Int] {
        scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }.prefix(count).sorted()
    }
}
