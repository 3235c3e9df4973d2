import Federation

/// The deadlines that a run has set: each ends by passing, or by being called off when what it waits for has come.
struct Deadlines {
    /// What a deadline is for; a new one for the same replaces the old.
    enum Subject: Hashable {
        case joining
        case round
        /// By its number among those of ``Absences``.
        case absence(Int)
        case sharing
        case farewells
    }

    /// A deadline for a task to wait on.
    struct Pending: Sendable {
        let duration: Duration
        fileprivate let calledOff: AsyncStream<Never>

        /// Waits; whether the deadline has passed, not been called off.
        func hasPassed(_ clock: any Clock<Duration>) async -> Bool {
            await withTaskGroup(of: Bool.self) { group in
                group.addTask { (try? await clock.sleep(for: duration)) != nil }
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
