import Synchronization

/// Which rounds the coordinator has closed on a connection, and who waits meanwhile for work of one that it has not.
final class RoundWaits: Sendable {
    private struct State {
        /// Work for this round and all before it is no longer wanted.
        var closedThrough: UInt32 = 0
        var waiting: [UInt64: (round: UInt32, end: AsyncStream<Never>.Continuation)] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Whether work for the round is no longer wanted.
    func isClosed(_ round: UInt32) -> Bool { state.withLock { $0.closedThrough >= round } }

    /// Work for the round, and all before it, is no longer wanted.
    func close(_ round: UInt32) {
        state.withLock { state in
            state.closedThrough = max(state.closedThrough, round)
            for (number, wait) in state.waiting where wait.round <= state.closedThrough {
                wait.end.finish()
                state.waiting[number] = nil
            }
        }
    }

    /// Waits until a moment, or until work for the round is no longer wanted; whether it still is.
    ///
    /// - Throws: `CancellationError`.
    func sleep(until moment: ContinuousClock.Instant, in round: UInt32) async throws -> Bool {
        guard moment > .now else { return !isClosed(round) }
        let (ended, end) = AsyncStream.makeStream(of: Never.self)
        let number: UInt64? = state.withLock { state in
            guard state.closedThrough < round else { return nil }
            state.next += 1
            state.waiting[state.next] = (round, end)
            return state.next
        }
        guard let number else { return false }
        defer { state.withLock { $0.waiting[number] = nil } }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(until: moment, clock: .continuous) }
            group.addTask { for await _ in ended {} }
            await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
        return !isClosed(round)
    }
}
