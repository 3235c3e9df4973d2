public import Diagnostics

/// What ``Dataset/load(_:progress:)`` is doing, for a progress bar, and what has to be announced.
public enum DatasetProgress: Sendable, Hashable {
    /// So many bytes of a file have come from a mirror; `total` is `nil` where the mirror does not say.
    case downloading(file: String, mirror: String, bytes: Int, total: Int?)
    /// A file has come whole, is what it should be, and is in its folder.
    case downloaded(file: String)
    /// A mirror did not give a file that is what it should be; the next one is asked.
    case mirrorFailed(file: String, mirror: String, reason: Problem)
    /// The files in the cache folder are not MNIST's, for this reason; they are downloaded anew.
    case cacheDiscarded(reason: Problem)
    /// MNIST is not to be had, for this reason, and the program draws digits in its stead.
    case substituting(reason: Problem)
    /// So many digits have been drawn.
    case drawing(examples: Int, total: Int)
}

extension DatasetProgress {
    /// What people have to be told, in one line; `nil` for mere progress.
    public var announcement: String? {
        switch self {
        case .downloading, .downloaded, .drawing:
            nil
        case .mirrorFailed(let file, let mirror, let reason):
            "\(file) cannot be had from \(mirror): \(reason.what)"
        case .cacheDiscarded(let reason):
            "MNIST is downloaded anew, as the kept files cannot be used: \(reason.what)"
        case .substituting(let reason):
            "THIS IS NOT MNIST: the program uses digits that it draws itself, because \(reason.what)"
        }
    }
}
