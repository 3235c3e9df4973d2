internal import Dispatch
internal import Synchronization

/// Work that waits for a thread, first in, first out.
final class WorkQueue: Sendable {
    struct Work: Sendable {
        let cancellation: Cancellation
        /// Does the work on the calling thread.
        let perform: @Sendable (Trainer) -> Void
        /// Answers for work that will not be done. Either this or `perform` is called, once.
        let giveUp: @Sendable () -> Void
    }

    private struct State {
        var waiting: [Work] = []
        /// Those of the work that threads are doing.
        var running: [Cancellation] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Counts what was added, and one for each thread that asks after the close.
    private let arrivals = DispatchSemaphore(value: 0)

    /// The number of pieces of work that wait.
    var count: Int { state.withLock { $0.waiting.count } }

    /// Puts `work` at the end, or gives it up at once when it has been cancelled or the queue is closed.
    func add(_ work: Work) {
        let isAccepted = state.withLock { state in
            guard !state.isClosed, !work.cancellation.isCancelled else { return false }
            state.waiting.append(work)
            return true
        }
        if isAccepted {
            arrivals.signal()
        } else {
            work.giveUp()
        }
    }

    /// The next work, taken by a thread that waits until there is some; `nil` after the close.
    func next() -> Work? {
        while true {
            arrivals.wait()
            let (work, isClosed) = state.withLock { state -> (Work?, Bool) in
                guard !state.isClosed else { return (nil, true) }
                // Cancelled work has left the queue but not the count: then there may be nothing here.
                guard !state.waiting.isEmpty else { return (nil, false) }
                let work = state.waiting.removeFirst()
                state.running.append(work.cancellation)
                return (work, false)
            }
            if let work { return work }
            if isClosed {
                // For the next thread.
                arrivals.signal()
                return nil
            }
        }
    }

    /// Notes that `work`, once taken, is done.
    func finish(_ work: Work) {
        state.withLock { state in
            state.running.removeAll { $0 === work.cancellation }
        }
    }

    /// Cancels one piece of work wherever it is.
    func cancel(_ cancellation: Cancellation) {
        let work = state.withLock { state -> Work? in
            // Within the lock, so that work that is being added sees it or is found here.
            cancellation.cancel()
            guard let index = state.waiting.firstIndex(where: { $0.cancellation === cancellation }) else { return nil }
            return state.waiting.remove(at: index)
        }
        work?.giveUp()
    }

    /// Gives up what waits, cancels what runs and takes no more. Repeating it is harmless.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            for cancellation in state.running {
                cancellation.cancel()
            }
            defer { state.waiting = [] }
            return state.waiting
        }
        for work in waiting {
            work.giveUp()
        }
        arrivals.signal()
    }
}
