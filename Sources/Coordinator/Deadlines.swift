import Federation

/// The deadlines that a run has set: each ends by passing, or by being called off when what it waits for has come.
struct Deadlines {
    /// What a deadline is for; a new one for the same replaces the old.
    enum Subject: Hashable {
        /// What the round machine waits for, but for absences.
        case run(RoundTimer)
        /// By its number among those of ``AbsenceDeadlines``.
        case absence(Int)
        case sharing
        case farewells
    }

    /// A deadline for a task to wait on.
    struct Pending: Sendable {
        let duration: Duration
        fileprivate let calledOff: AsyncStream<Never>

        /// The longest sleep. The system keeps what it needs for a sleep until its time is over, also for one that was
        /// cancelled: a round of milliseconds, with a deadline of minutes, would leave that behind each time.
        private static let longestSleep = Duration.seconds(2)

        /// Sleeps; whether it came to its end.
        private static func sleep(_ duration: Duration, _ clock: any Clock<Duration>) async -> Bool {
            var left = duration
            while left > .zero {
                let part = min(left, longestSleep)
                guard (try? await clock.sleep(for: part)) != nil else { return false }
                left -= part
            }
            return true
        }

        /// Waits; whether the deadline has passed, not been called off.
        func hasPassed(_ clock: any Clock<Duration>) async -> Bool {
            await withTaskGroup(of: Bool.self) { group in
                group.addTask { await Self.sleep(duration, clock) }
                group.addTask {
                    for await _ in calledOff {}
                    return false
                }
                defer { group.cancelAll() }
                return await group.next() ?? false
            }
        }
    }

    private var current: [Subject: AsyncStream<Never>.Continuation] = [:]

    mutating func set(_ subject: Subject, _ duration: Duration) -> Pending {
        callOff(subject)
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        current[subject] = continuation
        return Pending(duration: duration, calledOff: stream)
    }

    mutating func callOff(_ subject: Subject) {
        current.removeValue(forKey: subject)?.finish()
    }

    mutating func callOffAll() {
        for continuation in current.values { continuation.finish() }
        current = [:]
    }
}
