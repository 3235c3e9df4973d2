/// What a side can do beyond what its version of the protocol demands, one bit each. Version 1 defines none: all bits
/// are room for additions that need no new version. A side ignores bits that it does not know; the coordinator answers
/// with those that both sides have.
public struct Capabilities: OptionSet, Sendable, Hashable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}
