internal import NIOCore
internal import Synchronization

/// A number of places that tasks take and give back, first come, first served; who finds none waits.
///
/// It bounds what is in memory at once: uploads that are being received, trainings that are under way.
public final class Slots: Sendable {
    private struct State {
        var free: Int
        var nextWaiter: UInt64 = 0
        /// In order of arrival; a cancelled waiter's entry is gone.
        var waiters = CircularBuffer<(id: UInt64, continuation: CheckedContinuation<Bool, Never>)>()
        /// Waiters whose cancellation came before they were enqueued.
        var cancelled: Set<UInt64> = []
    }

    private let state: Mutex<State>

    /// - Precondition: at least one place.
    public init(_ count: Int) {
        precondition(count > 0)
        state = Mutex(State(free: count))
    }

    /// Runs `body` while holding a place.
    public func withSlot<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        try await acquire()
        defer { release() }
        return try await body()
    }

    /// Takes a place; waits until there is one. Each success needs one ``release()``.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile; it then holds no place.
    public func acquire() async throws {
        let id = state.withLock { state in
            defer { state.nextWaiter += 1 }
            return state.nextWaiter
        }
        let acquired = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiters.append((id: id, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter: CheckedContinuation<Bool, Never>? = state.withLock { state in
                if let index = state.waiters.firstIndex(where: { $0.id == id }) {
                    return state.waiters.remove(at: index).continuation
                }
                state.cancelled.insert(id)
                return nil
            }
            waiter?.resume(returning: false)
        }
        state.withLock { _ = $0.cancelled.remove(id) }
        guard acquired else { throw CancellationError() }
    }

    /// Gives a place back.
    public func release() {
        let waiter: CheckedContinuation<Bool, Never>? = state.withLock { state in
            guard !state.waiters.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiters.removeFirst().continuation
        }
        waiter?.resume(returning: true)
    }
}
