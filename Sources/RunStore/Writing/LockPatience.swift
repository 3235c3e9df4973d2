import Foundation
import GRDB
import Synchronization

/// How a connection waits for the lock of another program: a while when a record is opened, long while a run is written,
/// for then what was trained would be lost.
final class LockPatience: Sendable {
    private struct State {
        var limit = LockPatience.brief
        var notice: @Sendable (String) -> Void = { _ in }
    }

    /// How long a record that is opened or read is waited for, and how long a wait goes on before somebody is told.
    static let brief = Duration.seconds(5)
    /// Between two tries.
    private static let pause = Duration.milliseconds(25)
    private static let triesUntilNotice = Int(brief / pause)

    private let state = Mutex(State())

    /// Waits up to so long from now on.
    func extend(to limit: Duration) {
        state.withLock { $0.limit = limit }
    }

    /// Whom to tell that a lock is waited for.
    func tell(_ notice: @escaping @Sendable (String) -> Void) {
        state.withLock { $0.notice = notice }
    }

    /// What a connection does when it finds a lock. It waits on GRDB's own thread, as SQLite itself would.
    var busyMode: Database.BusyMode {
        .callback { tries in
            let (limit, notice) = self.state.withLock { ($0.limit, $0.notice) }
            guard Self.pause * tries < limit else { return false }
            if tries == Self.triesUntilNotice {
                notice("another program keeps the record locked; waiting for it, up to \(limit.components.seconds) s")
            }
            Thread.sleep(forTimeInterval: Self.pause / .seconds(1))
            return true
        }
    }
}
