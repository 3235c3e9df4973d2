/// Something that a person has to know about and can do something about: what happened, where, and the remedy. The
/// programs print it and exit with the status of its kind.
public struct Problem: Error, Sendable, Hashable {
    /// What sort of problem it is; the raw value is the exit status (sysexits.h).
    public enum Kind: Int32, Sendable {
        /// The command line is wrong.
        case usage = 64
        /// The content of a file or of a message is wrong.
        case data = 65
        /// A file is missing or cannot be read.
        case noInput = 66
        /// A peer, a port or another service is not to be had.
        case unavailable = 69
        /// Something inside this program or its surroundings failed.
        case software = 70
    }

    public let kind: Kind
    /// One sentence without a full stop at its end, for example `unknown key "rouns"`.
    public let what: String
    /// File, line, key, offset, peer, round: as far as it is known, for example `scenarios/my.yaml:12`.
    public let place: String?
    /// What to do about it.
    public let remedy: String?

    public init(_ kind: Kind, _ what: String, at place: String? = nil, remedy: String? = nil) {
        self.kind = kind
        self.what = what
        self.place = place
        self.remedy = remedy
    }
}

extension Problem: CustomStringConvertible {
    /// `place: what`, and the remedy on a line of its own.
    public var description: String {
        let head = place.map { "\($0): \(what)" } ?? what
        return remedy.map { "\(head)\n  \($0)" } ?? head
    }
}
