internal import Diagnostics
internal import Glibc
internal import Identity
internal import Logging
internal import Synchronization

/// A list of revoked certificates that is read again whenever its file has changed.
final class RevocationFile: Sendable {
    /// What tells one state of the file from another.
    private struct Stamp: Hashable {
        let inode: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }
    }

    private let path: String
    private let authority: IssuedCertificate
    private let state: Mutex<(stamp: Stamp?, list: RevocationList)>

    init(path: String, authority: IssuedCertificate) throws(Problem) {
        self.path = path
        self.authority = authority
        let stamp = Stamp(path)
        state = Mutex((stamp, try RevocationList(path: path, authority: authority)))
    }

    /// Whether the certificate was taken back, as far as the file now says. A file that can no longer be read, or that
    /// somebody else signed, lets nobody back in: the last list that could be read goes on to count, and the log says so.
    func contains(_ certificate: IssuedCertificate, _ logger: Logger) -> Bool {
        state.withLock { state in
            let stamp = Stamp(path)
            if stamp != state.stamp {
                state.stamp = stamp
                do throws(Problem) {
                    let list = try RevocationList(path: path, authority: authority)
                    // An old list, put back, would let in who was turned away.
                    if list.number >= state.list.number {
                        state.list = list
                    } else {
                        logger.error("the revocation list is older than the one before", metadata: ["file": "\(path)"])
                    }
                } catch {
                    logger.error("the revocation list cannot be read again", metadata: ["reason": "\(error)"])
                }
            }
            return state.list.contains(certificate)
        }
    }
}
