public import Diagnostics
internal import Foundation
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
        let temporary = "\(path).\(UInt64.random(in: 0...UInt64.max))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, readers.mode)
        guard descriptor >= 0 else { throw failure("written", path) }
        defer { unlink(temporary) }
        defer { close(descriptor) }
        var rest = ArraySlice(text.utf8)
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else { throw failure("written", path) }
            rest = rest.dropFirst(max(0, count))
        }
        // The mode that it was made with is less what the process's mask takes away.
        guard fchmod(descriptor, readers.mode) == 0, fsync(descriptor) == 0 else { throw failure("written", path) }
        if overwriting {
            guard rename(temporary, path) == 0 else { throw failure("written", path) }
            return
        }
        // Unlike a rename, a link does not replace what is there.
        guard link(temporary, path) == 0 else {
            guard errno == EEXIST else { throw failure("written", path) }
            throw Problem(
                .usage, "the file is there already", at: path,
                remedy: "Overwrite it with --force, or choose another name.")
        }
    }

    /// The whole of a file of text.
    ///
    /// - Throws: a ``Problem`` when it is missing, cannot be read or is longer than any such file is.
    public static func read(_ path: String) throws(Problem) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("read", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            guard count >= 0 || errno == EINTR else { throw failure("read", path) }
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
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Problem(
                .software, "the folder cannot be made: \(error.localizedDescription)", at: path,
                remedy: "Choose another folder.")
        }
    }

    /// Whether others than its owner may read the file.
    public static func isReadableByOthers(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
    }

    private static func failure(_ what: String, _ path: String) -> Problem {
        let reason = String(cString: strerror(errno))
        return Problem(
            what == "read" ? .noInput : .software, "the file cannot be \(what): \(reason)", at: path,
            remedy: what == "read" ? "Check the name and the permissions." : "Check the folder and its permissions.")
    }
}
