/// Where a data set came from, for people and for the record.
public struct Provenance: Sendable, Hashable, Codable {
    public enum Source: Sendable, Hashable, Codable {
        /// IDX files in the folder of this path.
        case files(folder: String)
        /// Downloaded just now and kept in the folder of this path.
        case downloaded(folder: String)
        /// Drawn by the program; with why MNIST was not to be had, if that is why.
        case drawn(insteadOfMNISTBecause: String?)
    }

    public let source: Source
    /// Whether the bytes are those of MNIST, however they were compressed.
    public let isGenuineMNIST: Bool

    public init(source: Source, isGenuineMNIST: Bool) {
        self.source = source
        self.isGenuineMNIST = isGenuineMNIST
    }

    /// Whether the program had to take something else than was asked for, which must be announced.
    public var isSubstitute: Bool {
        if case .drawn(.some) = source { true } else { false }
    }
}

extension Provenance {
    /// ``description`` without the reasons.
    public var summary: String {
        if case .drawn(.some) = source { "digits drawn by the program, NOT MNIST" } else { description }
    }
}

extension Provenance: CustomStringConvertible {
    /// One line, for example `MNIST from /home/me/.cache/fed/mnist`.
    public var description: String {
        switch source {
        case .files(let folder):
            isGenuineMNIST ? "MNIST from \(folder)" : "files in \(folder), which are not MNIST's"
        case .downloaded(let folder):
            isGenuineMNIST ? "MNIST, downloaded to \(folder)" : "files downloaded to \(folder), which are not MNIST's"
        case .drawn(nil):
            "digits drawn by the program"
        case .drawn(.some(let reason)):
            "digits drawn by the program, not MNIST: \(reason)"
        }
    }
}
