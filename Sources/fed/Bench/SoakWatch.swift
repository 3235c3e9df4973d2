import Foundation
import Runs
import Synchronization
import Terminal

/// Looks at a coordinator at every round's end.
final class SoakWatch: RunObserver {
    /// The coordinator after a round.
    struct Sample: Sendable {
        let round: Int
        let at: ContinuousClock.Instant
        /// Resident memory, in bytes.
        let memory: Int
        /// Open file descriptors.
        let descriptors: Int
        /// The files of the record, in bytes.
        let recordBytes: Int
    }

    private struct State {
        var coordinator: Int32?
        var samples: [Sample] = []
        var lastEnd: ContinuousClock.Instant?
        /// From one round's end to the next one's, in seconds.
        var periods: [Double] = []
        var incidents = 0
        var isOver = false
    }

    private let state = Mutex(State())
    private let database: String
    /// How many rounds lie between two samples.
    private let interval: Int
    private let bar: ProgressDisplay

    init(database: String, rounds: Int, interval: Int) {
        self.database = database
        self.interval = interval
        bar = ProgressDisplay("soaking", total: rounds, unit: .items("rounds"))
    }

    var rounds: Int { state.withLock { $0.periods.count } }
    var isOver: Bool { state.withLock { $0.isOver } }
    var samples: [Sample] { state.withLock { $0.samples } }
    var periods: [Double] { state.withLock { $0.periods } }
    /// How often a worker left.
    var incidents: Int { state.withLock { $0.incidents } }

    func began(_ process: RunProcess) {
        if process.role == .coordinator { state.withLock { $0.coordinator = process.id } }
    }

    func take(_ progress: RunProgress) {
        let now = ContinuousClock.now
        switch progress {
        case .roundCommitted(let round):
            let coordinator = state.withLock { state in
                state.periods.append(state.lastEnd.map { (now - $0) / .seconds(1) } ?? 0)
                state.lastEnd = now
                return state.coordinator
            }
            bar.advance(to: round.round)
            guard round.round % interval == 0, let coordinator else { return }
            let sample = Sample(
                round: round.round, at: now, memory: ProcessMemory.resident(of: coordinator) ?? 0,
                descriptors: (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(coordinator)/fd").count)
                    ?? 0,
                recordBytes: ["", "-wal"].reduce(0) { $0 + Self.size(database + $1) })
            state.withLock { $0.samples.append(sample) }
        case .incident:
            state.withLock { $0.incidents += 1 }
        case .finished:
            state.withLock { $0.isOver = true }
            bar.finish()
        default: break
        }
    }

    func note(_ message: String) {}

    private static func size(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
}
