internal import Diagnostics
internal import Identity
internal import Logging
internal import Synchronization

/// A list of revoked certificates that is read again whenever its file has changed.
final class RevocationFile: Sendable {
    private let path: String
    private let authority: IssuedCertificate
    private let state: Mutex<(stamp: FileStamp?, list: RevocationList)>

    init(path: String, authority: IssuedCertificate) throws(Problem) {
        self.path = path
        self.authority = authority
        let stamp = FileStamp(path: path)
        state = Mutex((stamp, try RevocationList(path: path, authority: authority)))
    }

    /// The list, as the file now has it. A file that can no longer be read, or that somebody else signed, lets nobody back
    /// in: the last list that could be read goes on to count, and the log says so.
    func list(_ logger: Logger) -> RevocationList {
        state.withLock { state in
            let stamp = FileStamp(path: path)
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
            return state.list
        }
    }
}
