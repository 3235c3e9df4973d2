public import Foundation
import RunStore
public import Runs
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
        nanoseconds = Atomic(elapsed.wholeNanoseconds)
    }

    /// Since the run began.
    public var elapsed: Duration { .nanoseconds(nanoseconds.load(ordering: .acquiring)) }

    /// Moves on, never back.
    func advance(to elapsed: Duration) {
        nanoseconds.store(
            max(elapsed.wholeNanoseconds, nanoseconds.load(ordering: .acquiring)), ordering: .releasing)
    }

    /// What the record of the run is told.
    public var runClock: RunClock {
        RunClock(
            now: { self.origin + self.elapsed },
            date: { self.began.addingTimeInterval(self.elapsed / .seconds(1)) }, kind: .virtual)
    }
}

extension Duration {
    /// Without fractions of a nanosecond; a run of 292 years has as many.
    fileprivate var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflows) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || overflows ? .max : sum
    }
}
