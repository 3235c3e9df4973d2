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
    public let time: RunTime

    public init(
        now: @escaping @Sendable () -> ContinuousClock.Instant, date: @escaping @Sendable () -> Date,
        time: RunTime = .real
    ) {
        self.now = now
        self.date = date
        self.time = time
    }

    /// The machine's.
    public static let system = RunClock(now: { .now }, date: { Date() })
}
