internal import NIOCore

/// Coordinator → worker, the answer to a ``Hello`` that offers to prove clients by their tokens.
public struct Challenge: Sendable, Equatable {
    /// A new one for each connection, so that no earlier ``Proof`` is one for this.
    public var nonce: Octets32
    /// The run's ULID; ``Welcome`` repeats it.
    public var run: WireIdentifier

    public init(nonce: Octets32, run: WireIdentifier) {
        self.nonce = nonce
        self.run = run
    }
}

extension Challenge: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        nonce = try reader.octets("nonce")
        run = try reader.identifier("run")
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(nonce)
        buffer.writeField(run)
    }
}
