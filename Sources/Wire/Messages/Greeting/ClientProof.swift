public import Federation
internal import NIOCore

/// What proves something about one client's token; see ``Proof`` and ``Confirmation``.
public struct ClientProof: Sendable, Hashable {
    public var client: ClientID
    public var value: Octets32

    public init(client: ClientID, value: Octets32) {
        self.client = client
        self.value = value
    }
}

extension MessageReader {
    /// A list of proofs, at least one.
    mutating func clientProofs(_ field: String) throws(WireError) -> [ClientProof] {
        let proofs = try clients(field, itemBytes: 4 + Octets32.byteCount, limit: WireLimits.provedClients) {
            (client, reader) throws(WireError) in ClientProof(client: client, value: try reader.octets(field))
        }
        guard !proofs.isEmpty else { throw invalid(field, "is empty") }
        return proofs
    }
}

extension ByteBuffer {
    mutating func write(_ proofs: [ClientProof]) {
        writeCount(proofs.count)
        for proof in proofs {
            writeField(proof.client)
            writeField(proof.value)
        }
    }

    mutating func writeField(_ value: Octets32) {
        writeBytes(value.bytes)
    }
}
