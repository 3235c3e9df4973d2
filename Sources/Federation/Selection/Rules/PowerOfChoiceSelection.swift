internal import Randomness
public import Settings

/// Power of choice: d candidates are drawn by their examples, and of these the m are selected whose loss is greatest (Cho, Wang and
/// Joshi 2020, "Client Selection in Federated Learning: Convergence Analysis and Power-of-Choice Selection Strategies", Section 3).
///
/// It is the paper's variant rpow-d, which asks nobody for a loss beforehand: that of a client's last update stands for it. One that
/// has not been heard yet comes before all others, those among themselves in an order that the seed draws.
public struct PowerOfChoiceSelection: SelectionRule {
    public static let name = "power_of_choice"
    public static let summary = "of candidates that are drawn by their examples, those with the greatest loss"
    public static let settings: [Setting] = [
        Setting(
            "candidates", .either("double", or: .wholeNumber(1...1_000_000)), default: .word("double"),
            "d, how many clients are drawn to select from: double the number that is selected, or so many")
    ]

    private let candidates: Int?

    public init(_ values: SettingValues) {
        candidates = values.optionalWholeNumber("candidates")
    }

    public var needsExperience: Bool { true }

    public func select(_ size: Int, of candidates: Candidates, seed: UInt64, round: UInt32) -> [ClientID] {
        let count = min(max(size, self.candidates ?? 2 * size), candidates.clients.count)
        let drawn = WeightedSelection(SettingValues(WeightedSelection.settings))
            .select(count, of: candidates, seed: seed, round: round)
        var order = (0..<Int32(drawn.count)).map { $0 }
        var stream = RandomStream(seed: seed, purpose: .selection, round: round)
        stream.shuffle(&order)
        let ranked = zip(drawn, order).sorted { one, other in
            let (left, right) = (candidates.loss(of: one.0), candidates.loss(of: other.0))
            return left == right ? one.1 < other.1 : left > right
        }
        return ranked.prefix(size).map(\.0).sorted()
    }
}

extension Candidates {
    /// Of its last update; infinite before the first.
    fileprivate func loss(of client: ClientID) -> Double { experience(client)?.loss ?? .infinity }
}
