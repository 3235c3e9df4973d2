public import Settings

/// Bulyan on Krum: first θ = n − 2 f updates are selected, each by Krum among those that are left; then each coordinate is the
/// mean of the θ − 2 f selected values that are nearest to their median.
public struct Bulyan: RobustStrategy {
    public static let name = "bulyan"
    public static let summary = "Krum selects updates, of which each coordinate takes the values around the median"
    public static let citation =
        "El Mhamdi et al., The Hidden Vulnerability of Distributed Learning in Byzantium, 2018, Section 4"
    public static let settings: [Setting] = [.tolerated, .serverLearningRate()]

    public let serverLearningRate: Double
    private let f: Int

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        f = values.wholeNumber("f")
    }

    public func obstacle(toUpdates count: Int) -> String? {
        count >= 4 * f + 3 ? nil : "needs 4 f + 3 updates, \(4 * f + 3) with f: \(f)"
    }

    public let needsGeometry = true

    public func combination(of updates: UpdateGeometry) -> Combination {
        var candidates = Array(0..<updates.count)
        var selected: [Int] = []
        let theta = max(1, updates.count - 2 * f)
        while selected.count < theta {
            let scores = Krum.scores(of: candidates, updates, f: f)
            selected.append(candidates.remove(at: Krum.lowest(1, of: scores)[0]))
        }
        return .coordinates(.meanAroundMedian(count: max(1, theta - 2 * f)), of: selected.sorted())
    }
}
