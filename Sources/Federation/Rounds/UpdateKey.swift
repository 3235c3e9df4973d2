/// Names one try of one client at one round, so that repeating a message is harmless: of all the updates with the same
/// round and client one is included, whatever their attempts.
public struct UpdateKey: Sendable, Hashable {
    /// From 1.
    public let round: UInt32
    public let client: ClientID
    /// From 1; one more for each time that the client is invited to this round.
    public let attempt: UInt32

    public init(round: UInt32, client: ClientID, attempt: UInt32) {
        self.round = round
        self.client = client
        self.attempt = attempt
    }
}

extension UpdateKey: CustomStringConvertible {
    public var description: String { "round \(round), client \(client), attempt \(attempt)" }
}
