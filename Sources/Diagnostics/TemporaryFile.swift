internal import Glibc

/// A file under a name that nobody else has, for its owner alone to read, open for reading and writing.
public enum TemporaryFile {
    /// Makes one.
    ///
    /// - Parameter path: of the file but for the end of its name.
    /// - Returns: the descriptor, which the caller closes, and the path; `nil` with `errno` set where it cannot be made.
    public static func make(_ path: String) -> (descriptor: CInt, path: String)? {
        // mkstemp writes the end of the name over its last six characters, which have to be these.
        var name = Array("\(path).\(String(repeating: "X", count: 6))".utf8CString)
        let descriptor = name.withUnsafeMutableBufferPointer { name in
            // An array of a C string has at least its zero, hence an address.
            mkstemp(name.baseAddress!)
        }
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return (descriptor, String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
}
