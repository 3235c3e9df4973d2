import Diagnostics
import Glibc
import Synchronization

/// Keeps a second coordinator from a database: a lock on a file beside it, `PATH-lock`, that the system gives back however
/// the process ends. SQLite's own locks are held for a transaction at a time, so they would let two coordinators take turns.
final class WriterLock: Sendable {
    private let path: String
    /// -1 once it is given back.
    private let descriptor: Mutex<Int32>

    /// - Throws: a ``Problem`` when somebody else has it, or the file cannot be made.
    init(path database: String) throws(Problem) {
        path = database + "-lock"
        while true {
            let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            guard opened >= 0 else {
                let reason = String(cString: strerror(errno))
                throw Problem(
                    errno == ENOENT ? .noInput : .unavailable, "the database cannot be opened for writing: \(reason)",
                    at: database,
                    remedy: "check that its folder exists and may be written, or name another file with --database")
            }
            guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
                close(opened)
                throw Problem(
                    .unavailable, "another coordinator writes to this database", at: database,
                    remedy: "wait for its end or stop it, or name another file with --database")
            }
            // Whoever had it before has taken the file away: it was opened before that, and guards nothing now.
            guard Self.isSame(opened, path) else {
                close(opened)
                continue
            }
            descriptor = Mutex(opened)
            return
        }
    }

    deinit {
        release()
    }

    /// Gives the lock back and takes the file away. Repeating it is harmless.
    func release() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            unlink(path)
            close(descriptor)
            descriptor = -1
        }
    }

    private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var opened = stat()
        var named = stat()
        return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
            && opened.st_dev == named.st_dev
    }
}
