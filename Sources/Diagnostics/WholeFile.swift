internal import Glibc

/// Writes files that are there whole or not at all, also after a loss of power.
public enum WholeFile {
    /// Writes `pieces` one after the other to a temporary name in the same folder, and gives the file its name once they are on
    /// the disk. Blocks: not for the cooperative pool.
    ///
    /// - Parameters:
    ///   - mode: who may read the file, whatever the process's mask.
    ///   - overwriting: whether a file that is there already is replaced; otherwise that is a `usage` problem.
    ///   - check: is given the temporary name once all is written; when it finds something, no file appears.
    /// - Throws: a ``Problem``, of kind `software` when the file cannot be written.
    public static func write(
        _ pieces: [[UInt8]], path: String, mode: UInt32 = 0o644, overwriting: Bool = true,
        check: (_ temporary: String) -> Problem? = { _ in nil }
    ) throws(Problem) {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let (descriptor, temporary) = TemporaryFile.make("\(path[..<slash]).\(path[slash...])") else {
            throw failure(path)
        }
        defer { close(descriptor) }
        // After a rename there is nothing of this name any more.
        defer { unlink(temporary) }
        for piece in pieces {
            try write(piece, to: descriptor, path: path)
        }
        if let problem = check(temporary) { throw problem }
        // Until here only its owner can read it.
        guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else { throw failure(path) }
        if overwriting {
            guard rename(temporary, path) == 0 else { throw failure(path) }
        } else if link(temporary, path) != 0 {
            // Unlike a rename, a link does not replace what is there.
            guard errno == EEXIST else { throw failure(path) }
            throw Problem(
                .usage, "the file is there already", at: path,
                remedy: "Overwrite it with --force, or choose another name.")
        }
        synchronizeFolder(of: path, slash)
    }

    /// Removes a file if it is there.
    public static func remove(_ path: String) {
        unlink(path)
    }

    /// Makes a folder and those above it; one that is there stays as it is.
    ///
    /// - Throws: a ``Problem`` of kind `software`.
    public static func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(Problem) {
        if mkdir(path, mode) == 0 { return }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]), mode: mode)
            if mkdir(path, mode) == 0 { return }
        }
        let reason = String(cString: strerror(errno))
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw Problem(.software, "the folder cannot be made: \(reason)", at: path, remedy: "Choose another folder.")
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: CInt, path: String) throws(Problem) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else { throw failure(path) }
            done += max(0, count)
        }
    }

    /// The file's name, too, has to be on the disk. Not every file system can be asked for that; the file is whole either way.
    private static func synchronizeFolder(of path: String, _ slash: String.Index) {
        let folder = open(slash == path.startIndex ? "." : String(path[..<slash]), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static func failure(_ path: String) -> Problem {
        Problem(
            .software, "the file cannot be written: \(String(cString: strerror(errno)))", at: path,
            remedy: "Check the folder, its permissions and the space on the disk.")
    }
}
