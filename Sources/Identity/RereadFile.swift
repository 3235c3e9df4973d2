public import Diagnostics
internal import Glibc
internal import Synchronization

/// What a file says, or several that belong together, read again whenever one has changed.
public final class RereadFile<Value: Sendable>: Sendable {
    private struct State {
        var stamps: [FileStamp?]
        var value: Value
    }

    private let paths: [String]
    private let read: @Sendable (Value?) throws(Problem) -> Value
    private let state: Mutex<State>

    /// Reads a file.
    ///
    /// - Parameter read: makes a value of the file at a path, given the value that it is to replace; throws when it must not.
    public convenience init(
        path: String, read: @escaping @Sendable (_ path: String, _ before: Value?) throws(Problem) -> Value
    ) throws(Problem) {
        try self.init(paths: [path]) { before throws(Problem) in try read(path, before) }
    }

    /// Reads files that belong together.
    ///
    /// - Parameter read: makes a value of them, given the value that it is to replace; throws when it must not, as while
    ///   only one of them has been renewed.
    public init(
        paths: [String], read: @escaping @Sendable (_ before: Value?) throws(Problem) -> Value
    ) throws(Problem) {
        self.paths = paths
        self.read = read
        // Taken first: what changes in between is read again.
        let stamps = paths.map { FileStamp(path: $0) }
        state = Mutex(State(stamps: stamps, value: try read(nil)))
    }

    /// A value that no file changes.
    public init(_ value: Value) {
        paths = []
        read = { _ throws(Problem) in value }
        state = Mutex(State(stamps: [], value: value))
    }

    /// What was read last.
    public var latest: Value { state.withLock(\.value) }

    /// What the files say now; they are read if one has changed, so this is not for an event loop. A file that is gone, or
    /// may not take the place of the one before, changes nothing.
    ///
    /// - Parameter refused: told why, once for each state of the files.
    public func current(refused: (Problem) -> Void) -> Value {
        state.withLock { state in
            let stamps = paths.map { FileStamp(path: $0) }
            guard stamps != state.stamps else { return state.value }
            state.stamps = stamps
            do throws(Problem) {
                state.value = try read(state.value)
            } catch {
                refused(error)
            }
            return state.value
        }
    }
}

/// What tells one state of a file from another, without reading it.
private struct FileStamp: Sendable, Hashable {
    private let inode: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// `nil` where there is no file.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
