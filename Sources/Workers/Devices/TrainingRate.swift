import Synchronization

/// How fast the threads of a process have trained, so that a client that is to take longer begins in time.
final class TrainingRate: Sendable {
    /// Of one example.
    private let measured = Mutex<Duration?>(nil)

    /// A training has taken so long.
    func note(_ duration: Duration, samples: Int) {
        guard samples > 0 else { return }
        let rate = duration / samples
        measured.withLock { $0 = $0.map { ($0 * 3 + rate) / 4 } ?? rate }
    }

    /// How long before it has to be done a training is begun: half as long again as it would take by what is known, and at once
    /// where nothing is.
    func lead(samples: Int) -> Duration? {
        measured.withLock { $0 }.map { $0 * samples * 3 / 2 + .milliseconds(20) }
    }
}
