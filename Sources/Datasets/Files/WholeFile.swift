import Diagnostics
import Glibc

/// Writes files that are either there whole or not there.
enum WholeFile {
    /// Writes `pieces` one after the other to a temporary name in the same folder, and renames that to `path`.
    ///
    /// - Parameter check: is given the temporary name once all is written; when it throws, no file appears.
    static func write(
        _ pieces: [[UInt8]], path: String, check: (_ temporary: String) throws -> Void = { _ in }
    ) throws {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        var template = Array("\(path[..<slash]).\(path[slash...]).XXXXXX".utf8CString)
        let descriptor = template.withUnsafeMutableBufferPointer { name in
            // An array of a C string has at least its zero, hence an address.
            mkstemp(name.baseAddress!)
        }
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do {
            for piece in pieces {
                try write(piece, to: descriptor, path: path)
            }
            try check(temporary)
            // mkstemp makes files that only their owner can read.
            guard fchmod(descriptor, 0o644) == 0, fsync(descriptor) == 0, rename(temporary, path) == 0 else {
                throw failure(path)
            }
        } catch {
            remove(temporary)
            throw error
        }
    }

    /// Removes a file if it is there.
    static func remove(_ path: String) {
        unlink(path)
    }

    private static func write(_ bytes: [UInt8], to descriptor: CInt, path: String) throws {
        try bytes.withUnsafeBytes { all in
            var rest = all[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                guard count >= 0 || errno == EINTR else { throw failure(path) }
                rest = rest.dropFirst(max(0, count))
            }
        }
    }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws {
        if mkdir(path, 0o755) == 0 { return }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]))
            if mkdir(path, 0o755) == 0 { return }
        }
        let reason = String(cString: strerror(errno))
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw Problem(.software, "the folder cannot be made: \(reason)", at: path, remedy: "Choose another folder.")
        }
    }

    private static func failure(_ path: String) -> Problem {
        Problem(
            .software, "the file cannot be written: \(String(cString: strerror(errno)))", at: path,
            remedy: "Check the folder, its permissions and the space on the disk.")
    }
}
