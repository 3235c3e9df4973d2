public import Settings

/// The same for all rounds.
public struct FixedDeadline: DeadlineRule {
    public static let name = "fixed"
    public static let summary = "network.round_deadline for all rounds"

    public init(_ values: SettingValues) {}

    public func deadline(limit: Duration, round: UInt32, cohort: Int, seconds: [Double]) -> Duration { limit }
}
