public import Diagnostics
internal import Foundation
internal import Glibc

/// The process's limit on open files: each connection takes one.
public enum OpenFiles {
    /// Raises the limit as far as the system lets this process.
    public static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(resource, &limit)
    }

    /// Whether so many connections, or whatever else takes open files, find room beside what a process needs anyway.
    ///
    /// - Parameters:
    ///   - count: of them.
    ///   - what: takes them, for example `300 connections`.
    ///   - limit: how many the process may have open, which is the system's unless given.
    ///   - remedy: what to do but raise the limit.
    /// - Returns: what is wrong, before anything has been tried; `nil` if there is room.
    public static func shortage(of count: Int, for what: String, limit: Int? = nil, remedy: String) -> Problem? {
        let limit = limit ?? hardLimit
        let needed = count + reserve
        guard needed > limit else { return nil }
        return Problem(
            .unavailable,
            "\(what) take \(count) open files beside the \(reserve) that the program needs, and a process may have \(limit)",
            remedy: "allow more (ulimit -Hn \(needed), or LimitNOFILE=\(needed) in a systemd unit), or \(remedy)")
    }

    /// What the event loops, the record, the data and the standard streams take.
    package static var reserve: Int {
        // An event loop has an epoll instance, an event and a timer; SQLite opens a handful for each of its connections.
        3 * ProcessInfo.processInfo.activeProcessorCount + 32
    }

    /// To which ``raiseLimit()`` raises.
    private static var hardLimit: Int {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return .max }
        return Int(exactly: limit.rlim_max) ?? .max
    }

    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
}
