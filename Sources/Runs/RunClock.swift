public import RunStore

public import struct Foundation.Date

/// What time it is for a run. Everything that the record says of times is read here and nowhere else, so that a simulation
/// can put its own clock in the place of the machine's. A client measures its training itself.
public struct RunClock: Sendable {
    /// Durations are differences of these.
    public let now: @Sendable () -> ContinuousClock.Instant
    /// The time of day.
    public let date: @Sendable () -> Date
    /// Whose time it is.
    public let kind: ClockKind

    public init(
        now: @escaping @Sendable () -> ContinuousClock.Instant, date: @escaping @Sendable () -> Date,
        kind: ClockKind = .real
    ) {
        self.now = now
        self.date = date
        self.kind = kind
    }

    /// The machine's.
    public static let system = RunClock(now: { .now }, date: { Date() })
}
