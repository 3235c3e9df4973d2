public import Settings

/// FLTrust: the server trains on a small clean root set of its own, and trusts a client's update as far as it points where its own
/// does. With g₀ and gᵢ the differences from the round's model that server and clients come to:
/// TSᵢ = max(0, cos(gᵢ, g₀)), w ← w + η / Σ TSᵢ · Σ TSᵢ ‖g₀‖/‖gᵢ‖ gᵢ.
///
/// The root set is drawn from the training examples by the seed, as the paper draws it from all clients' data; the server
/// trains on it as clients are asked to. Where no update is trusted at all, the model stays as it is.
public struct FLTrust: RobustStrategy {
    public static let name = "fltrust"
    public static let summary =
        "updates count as far as they point where the server's own training on a small root set does"
    public static let citation =
        "Cao et al., FLTrust: Byzantine-robust Federated Learning via Trust Bootstrapping, 2021, Algorithm 2"
    public static let settings: [Setting] = [
        Setting(
            "root_examples", .wholeNumber(1...10_000), default: .wholeNumber(100),
            "how many training examples the server has itself"),
        .serverLearningRate(),
    ]

    public let serverLearningRate: Double
    public let rootExamples: Int

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        rootExamples = values.wholeNumber("root_examples")
    }

    public let needsGeometry = true

    public func combination(of updates: UpdateGeometry) -> Combination {
        let root = updates.norm(updates.anchor)
        let lengths = (0..<updates.count).map { updates.norm($0) }
        let trust = lengths.indices.map { i in
            lengths[i] > 0 && root > 0 ? max(0, updates.product(i, updates.anchor) / (lengths[i] * root)) : 0
        }
        let sum = trust.reduce(0, +)
        return .linear(lengths.indices.map { trust[$0] > 0 ? trust[$0] / sum * root / lengths[$0] : 0 })
    }
}
