public import Federation
internal import NIOCore

/// What names an update: with the run's id it makes repeating harmless.
public struct UpdateKey: Sendable, Hashable {
    /// From 1.
    public var round: UInt32
    public var client: ClientID
    /// As in the ``Invitation``.
    public var attempt: UInt32

    public init(round: UInt32, client: ClientID, attempt: UInt32) {
        self.round = round
        self.client = client
        self.attempt = attempt
    }
}

extension UpdateKey: CustomStringConvertible {
    public var description: String { "round \(round), client \(client), attempt \(attempt)" }
}

extension UpdateKey {
    init(from reader: inout MessageReader) throws(WireError) {
        round = try reader.round()
        client = ClientID(try reader.integer("client"))
        attempt = try reader.integer("attempt")
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(round)
        buffer.writeField(client)
        buffer.writeField(attempt)
    }
}
