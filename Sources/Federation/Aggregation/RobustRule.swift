/// A rule that makes one of all updates of a round, so that no few of them can lead it where they want.
///
/// It never sees the updates themselves, only how long they are and how far apart; what it answers with is carried out block by
/// block of their coordinates, so that they may lie in a file.
public protocol RobustRule: Sendable {
    /// Whether ``combination(of:)`` asks for lengths and distances, which cost as many products as there are pairs of updates.
    var needsGeometry: Bool { get }

    /// The name of a vector of the server's state that the rule measures from, as a difference from the round's model: a
    /// point beside the updates, ``UpdateGeometry/anchor``. Where the strategy has a root set, the point is what the server has
    /// trained on that, and this is `nil`.
    var anchor: String? { get }

    /// The name of a table of the server's state with what each client's updates have come to in the model's output layer, from
    /// the first round on: Σ (xᵢ − w). The round's updates are in it when the rule is asked, and lengths and distances are then
    /// those of the table's rows. `nil` where they are those of the updates.
    var history: String? { get }

    /// How the updates are combined.
    func combination(of updates: UpdateGeometry) -> Combination
}

extension RobustRule {
    public var anchor: String? { nil }
    public var history: String? { nil }
}

/// What a ``RobustRule`` makes of the updates x₁ … xₙ of a round that began with the model w.
public enum Combination: Sendable, Hashable {
    /// w + Σ cᵢ (xᵢ − w) + a v, with a coefficient for each update, and one for the anchor v.
    case linear([Double], anchor: Double = 0)
    /// Each coordinate by itself, from those of some of the updates.
    case coordinates(CoordinateRule, of: [Int])

    /// The mean of some of the updates.
    public static func mean(of chosen: [Int], among count: Int) -> Combination {
        var coefficients = [Double](repeating: 0, count: count)
        for index in chosen { coefficients[index] = 1 / Double(chosen.count) }
        return .linear(coefficients)
    }
}

/// What becomes of one coordinate of several updates, sorted.
public enum CoordinateRule: Sendable, Hashable {
    /// The middle one, or the mean of the two in the middle.
    case median
    /// The mean of what is left without so many of the smallest and as many of the largest.
    case trimmedMean(cut: Int)
    /// The mean of so many that are nearest to the median; of two equally near ones the smaller.
    case meanAroundMedian(count: Int)
}
