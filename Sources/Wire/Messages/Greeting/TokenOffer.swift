public import Federation
internal import NIOCore

/// The end of a ``Hello``: clients that the worker has the tokens of.
public struct TokenOffer: Sendable, Equatable {
    /// A new one for each connection, so that no earlier ``Confirmation`` is one for this.
    public var nonce: Octets32
    /// Ascending; from 1 to ``WireLimits/provedClients`` of them.
    public var clients: [ClientID]

    public init(nonce: Octets32, clients: [ClientID]) {
        self.nonce = nonce
        self.clients = clients.sorted()
    }
}

extension TokenOffer {
    init(from reader: inout MessageReader) throws(WireError) {
        nonce = try reader.octets("tokens.nonce")
        clients = try reader.clients("tokens.clients", itemBytes: 4, limit: WireLimits.provedClients) {
            (client, _) throws(WireError) in client
        }
        guard !clients.isEmpty else { throw reader.invalid("tokens.clients", "is empty") }
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(nonce)
        buffer.writeCount(clients.count)
        for client in clients { buffer.writeField(client) }
    }
}
