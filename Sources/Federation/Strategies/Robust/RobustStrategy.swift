import Settings

/// A strategy whose clients do what those of FedAvg do, and whose server combines their updates by a ``RobustRule`` of the
/// strategy's own: w ← w + η (rule(x₁ … xₙ) − w).
public protocol RobustStrategy: AveragingStrategy, RobustRule {}

extension RobustStrategy {
    public static var isDefence: Bool { true }

    public var parts: StrategyParts { StrategyParts() }

    public var weighting: Weighting { .uniform }

    public var reduction: Reduction { .rule(self) }
}

extension Setting {
    /// f of the rules that tolerate so many attackers.
    static let tolerated = Setting(
        "f", .wholeNumber(0...100_000), default: .wholeNumber(1),
        "f, the most attackers in a round that the rule withstands")
}
