internal import NIOCore

/// Coordinator → worker, the answer to a ``Proof`` that holds: proves for each client that the coordinator keeps the trace of
/// its token. ``Welcome`` follows.
public struct Confirmation: Sendable, Equatable {
    /// Ascending by client: those of the ``Hello``.
    public var signatures: [ClientProof]

    public init(signatures: [ClientProof]) {
        self.signatures = signatures.sorted { $0.client < $1.client }
    }
}

extension Confirmation: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        signatures = try reader.clientProofs("signatures")
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.write(signatures)
    }
}
