public import Diagnostics
internal import Glibc
internal import Synchronization

/// What a file says, read again whenever the file has changed.
public final class RereadFile<Value: Sendable>: Sendable {
    private struct State {
        var stamp: FileStamp?
        var value: Value
    }

    /// `nil`: there is no file.
    private let path: String?
    private let read: @Sendable (String, Value?) throws(Problem) -> Value
    private let state: Mutex<State>

    /// Reads a file.
    ///
    /// - Parameter read: makes a value of the file at a path, given the value that it is to replace; throws when it must not.
    public init(
        path: String, read: @escaping @Sendable (_ path: String, _ before: Value?) throws(Problem) -> Value
    ) throws(Problem) {
        self.path = path
        self.read = read
        // Taken first: what changes in between is read again.
        let stamp = FileStamp(path: path)
        state = Mutex(State(stamp: stamp, value: try read(path, nil)))
    }

    /// A value that no file changes.
    public init(_ value: Value) {
        path = nil
        read = { (_, _) throws(Problem) in value }
        state = Mutex(State(stamp: nil, value: value))
    }

    /// What was read last.
    public var latest: Value { state.withLock(\.value) }

    /// What the file says now; it is read if it has changed, so this is not for an event loop. A file that is gone, or may not
    /// take the place of the one before, changes nothing.
    ///
    /// - Parameter refused: told why, once for each state of the file.
    public func current(refused: (Problem) -> Void) -> Value {
        guard let path else { return latest }
        return state.withLock { state in
            let stamp = FileStamp(path: path)
            guard stamp != state.stamp else { return state.value }
            state.stamp = stamp
            do throws(Problem) {
                state.value = try read(path, state.value)
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
