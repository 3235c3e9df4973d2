public import Diagnostics
internal import Glibc

/// Files of keys, certificates and tokens: written whole or not at all, never over another by mistake, and those that
/// hold secrets for their owner alone.
public enum GuardedFile {
    /// Who may read a file.
    public enum Readers: Sendable {
        /// Its owner: keys and tokens.
        case owner
        /// Everybody: certificates.
        case everybody

        fileprivate var mode: mode_t { self == .owner ? 0o600 : 0o644 }
    }

    /// Writes a file.
    ///
    /// - Throws: a ``Problem`` when it is there already and is not to be overwritten, or cannot be written.
    public static func write(
        _ text: String, path: String, readers: Readers, overwriting: Bool = false
    ) throws(Problem) {
        try WholeFile.write([Array(text.utf8)], path: path, mode: readers.mode, overwriting: overwriting)
    }

    /// The whole of a file of text.
    ///
    /// - Throws: a ``Problem`` when it is missing, cannot be read or is longer than any such file is.
    public static func read(_ path: String) throws(Problem) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            guard count >= 0 || errno == EINTR else { throw failure(path) }
            if count == 0 { break }
            bytes += piece.prefix(max(0, count))
            guard bytes.count <= longest else {
                throw Problem(.data, "the file is longer than \(longest) bytes", at: path)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(.data, "the file is not text", at: path)
        }
        return text
    }

    /// Longer than a list of a hundred thousand clients.
    private static let longest = 64 * 1024 * 1024

    /// Makes a folder that only its owner may enter; one that is there stays as it is.
    public static func makeFolder(_ path: String) throws(Problem) {
        try WholeFile.makeFolder(path, mode: 0o700)
    }

    /// Whether others than its owner may read the file.
    public static func isReadableByOthers(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
    }

    private static func failure(_ path: String) -> Problem {
        Problem(
            .noInput, "the file cannot be read: \(String(cString: strerror(errno)))", at: path,
            remedy: "Check the name and the permissions.")
    }
}
