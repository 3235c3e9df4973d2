public import Federation

public import struct Foundation.Date

/// A row of `events`: something that happened and that the other tables do not tell.
public struct EventRecord: Sendable, Hashable, Codable {
    public var at: Date
    public var round: Int?
    public var client: ClientID?
    /// The other end of a connection: an address, a worker's name.
    public var peer: String?
    /// A short code, for example `joined`, `left`, `rejected`, `stopped`.
    public var kind: String
    /// For people.
    public var text: String

    public init(
        at: Date, round: Int? = nil, client: ClientID? = nil, peer: String? = nil, kind: String, text: String
    ) {
        self.at = at
        self.round = round
        self.client = client
        self.peer = peer
        self.kind = kind
        self.text = text
    }
}
