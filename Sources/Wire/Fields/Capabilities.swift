/// What a side can do beyond what its version of the protocol demands, one bit each: additions that need no new version.
/// A side ignores bits that it does not know; the coordinator answers with those that both sides have.
public struct Capabilities: OptionSet, Sendable, Hashable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Transfers that were cut off go on where they stopped: ``ModelHeld``, ``ModelRest``, ``UpdateOffer``,
    /// ``UpdateOffset``.
    public static let resumeTransfers = Capabilities(rawValue: 1)

    /// Clients misbehave where the run wants them to: ``HostileClients``.
    public static let behaviours = Capabilities(rawValue: 2)

    /// Clients evaluate models on examples that they hold out: ``Welcome/evaluation``.
    public static let evaluation = Capabilities(rawValue: 4)

    /// Clients keep to the pace of their devices, and come and go with them: ``Welcome/devices``.
    public static let devices = Capabilities(rawValue: 8)

    /// All that this side can do.
    public static let known: Capabilities = [.resumeTransfers, .behaviours, .evaluation, .devices]
}
