public import Settings

/// As long as so many of the clients took, with some slack: a quantile of the times that clients needed when they were last asked. One
/// that was late counts with the deadline that it missed, so that a deadline that leaves out too many grows again.
public struct QuantileDeadline: DeadlineRule {
    public static let name = "quantile"
    public static let summary = "a quantile of the times that clients took, × a slack; network.round_deadline at most"
    public static let settings: [Setting] = [
        Setting("deadline_quantile", .above(0, upTo: 1), default: 0.9, "the part of the clients that would be in time"),
        Setting("deadline_slack", .from(1, upTo: 100), default: 1.5, "what their time is multiplied by"),
    ]

    private let quantile: Double
    private let slack: Double

    public init(_ values: SettingValues) {
        quantile = values.number("deadline_quantile")
        slack = values.number("deadline_slack")
    }

    public var needsExperience: Bool { true }

    public func deadline(limit: Duration, round: UInt32, cohort: Int, seconds: [Double]) -> Duration {
        // As long as less is known than a round tells, it says little.
        guard seconds.count >= cohort, let time = Quantile.nearestRank(quantile, of: seconds) else { return limit }
        let milliseconds = (time * slack * 1000).rounded(.up)
        guard milliseconds < Double(limit.milliseconds) else { return limit }
        return max(.milliseconds(1), .milliseconds(Int64(milliseconds)))
    }
}
