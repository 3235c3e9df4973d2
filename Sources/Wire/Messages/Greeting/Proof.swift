internal import NIOCore

/// Worker → coordinator, the answer to a ``Challenge``: proves for each client that the worker has its token, without
/// showing it.
public struct Proof: Sendable, Equatable {
    /// Ascending by client: those of the ``Hello``.
    public var proofs: [ClientProof]

    public init(proofs: [ClientProof]) {
        self.proofs = proofs.sorted { $0.client < $1.client }
    }
}

extension Proof: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        proofs = try reader.clientProofs("proofs")
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.write(proofs)
    }
}
