public import Foundation
public import RunStore
public import Runs
import Settings
import Synchronization

/// The time of a run whose devices and links are simulated: it stands still but for ``advance(to:)``.
public final class VirtualClock: Sendable {
    private let began: Date
    private let origin = ContinuousClock.now
    private let nanoseconds: Atomic<Int64>

    /// - Parameters:
    ///   - began: when the run did.
    ///   - elapsed: since then, of a run that goes on.
    public init(began: Date, elapsed: Duration = .zero) {
        self.began = began
        nanoseconds = Atomic(elapsed.nanoseconds)
    }

    /// The clock of a run that goes on: it stands at the commit of the run's last round.
    public convenience init(resuming summary: RunSummary, in reader: RunReader) async throws {
        let began = summary.run.startedAt
        let timeline = try await reader.timeline(of: summary.run.identity)
        // There is none before the first round, nor in a record of a version that did not keep it.
        let last = try await reader.round(of: summary.run.identity, round: summary.lastRound)?.committedAt
        let elapsed = last.map { Duration.seconds($0.timeIntervalSince(began)) } ?? .zero
        self.init(began: began, elapsed: timeline?.elapsed ?? elapsed)
    }

    /// Since the run began.
    public var elapsed: Duration { .nanoseconds(nanoseconds.load(ordering: .acquiring)) }

    /// Moves on, never back.
    func advance(to elapsed: Duration) {
        nanoseconds.store(
            max(elapsed.nanoseconds, nanoseconds.load(ordering: .acquiring)), ordering: .releasing)
    }

    /// What the record of the run is told.
    public var runClock: RunClock {
        RunClock(
            now: { self.origin + self.elapsed },
            date: { self.began.addingTimeInterval(self.elapsed / .seconds(1)) }, kind: .virtual)
    }
}
