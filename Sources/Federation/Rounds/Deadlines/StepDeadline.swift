public import Settings

/// Shorter and shorter: the limit × decay^⌊(t − 1) / every⌋ in round t, down to a least.
public struct StepDeadline: DeadlineRule {
    public static let name = "step"
    public static let summary = "network.round_deadline at first, and a part of it after each so many rounds"
    public static let settings: [Setting] = [
        Setting(
            "deadline_decay", .above(0, upTo: 1), default: 0.9, "what the deadline is multiplied by at each step"),
        Setting("deadline_every", .wholeNumber(1...1_000_000), default: .wholeNumber(10), "the rounds of a step"),
        Setting(
            "deadline_least", .duration(.milliseconds(100) ... .seconds(86_400)), default: .duration(.seconds(1)),
            "the least that the deadline becomes"),
    ]

    private let decay: Double
    private let every: Int
    private let least: Duration

    public init(_ values: SettingValues) {
        decay = values.number("deadline_decay")
        every = values.wholeNumber("deadline_every")
        least = values.duration("deadline_least")
    }

    public func deadline(limit: Duration, round: UInt32, cohort: Int, seconds: [Double]) -> Duration {
        var deadline = Double(limit.milliseconds)
        // By multiplication alone, so that it is the same everywhere.
        for _ in 0..<(Int(round) - 1) / every where deadline > 1 { deadline *= decay }
        return min(limit, max(least, .milliseconds(Int64(deadline.rounded()))))
    }
}
