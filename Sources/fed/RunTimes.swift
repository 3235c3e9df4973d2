import Runs
import Synchronization
import Terminal

/// Notes when the rounds of a run end, and shows nothing but what goes wrong.
final class RunTimes: RunObserver {
    private struct State {
        var ends: [ContinuousClock.Instant] = []
        var finished: RunProgress.Finished?
    }

    private let state = Mutex(State())

    func take(_ progress: RunProgress) {
        let now = ContinuousClock.now
        switch progress {
        case .roundCommitted: state.withLock { $0.ends.append(now) }
        case .finished(let run): state.withLock { $0.finished = run }
        case .incident(let text): note(text)
        default: break
        }
    }

    func note(_ message: String) {
        TerminalOutput.standardError.write(message + "\n")
    }

    /// From each round's end to the next one's, in seconds.
    var periods: [Double] {
        state.withLock { state in
            zip(state.ends.dropFirst(), state.ends).map { ($0 - $1) / .seconds(1) }
        }
    }

    /// How the run ended, if it did.
    var finished: RunProgress.Finished? { state.withLock { $0.finished } }
}
