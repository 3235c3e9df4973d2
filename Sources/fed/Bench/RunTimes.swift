import Runs
import Synchronization
import Terminal

/// Notes when the rounds of a run end, and, where that is asked for, how much memory its processes have taken; it shows nothing
/// but what goes wrong.
final class RunTimes: RunObserver {
    private struct State {
        var ends: [ContinuousClock.Instant] = []
        var finished: RunProgress.Finished?
        /// The most memory of each process, in bytes.
        var peaks: [RunProcess: Int] = [:]
    }

    private let state = Mutex(State())
    private let watchesMemory: Bool

    /// - Parameter watchesMemory: whether the processes' memory is asked for whenever a round is committed.
    init(watchesMemory: Bool = false) {
        self.watchesMemory = watchesMemory
    }

    func take(_ progress: RunProgress) {
        let now = ContinuousClock.now
        switch progress {
        case .roundCommitted:
            state.withLock { $0.ends.append(now) }
            if watchesMemory { askForMemory() }
        case .finished(let run): state.withLock { $0.finished = run }
        case .incident(let text): note(text)
        default: break
        }
    }

    func note(_ message: String) {
        TerminalOutput.standardError.write(message + "\n")
    }

    func began(_ process: RunProcess) {
        state.withLock { $0.peaks[process] = 0 }
    }

    /// The system keeps each process's peak, so that the last answer holds for all of its life.
    private func askForMemory() {
        for process in state.withLock({ Array($0.peaks.keys) }) {
            guard let peak = ProcessMemory.peak(of: process.id) else { continue }
            state.withLock { $0.peaks[process] = peak }
        }
    }

    /// The most memory that any process of this role had by the end of the last round, in bytes; `nil` if there was none, or
    /// nobody asked.
    func peakMemory(of role: RunProcess.Role) -> Int? {
        state.withLock { state in state.peaks.filter { $0.key.role == role && $0.value > 0 }.values.max() }
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
