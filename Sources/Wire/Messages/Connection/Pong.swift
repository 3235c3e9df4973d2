internal import NIOCore

/// Either way: the answer to a ``Ping``, with its nonce.
public struct Pong: Sendable, Equatable {
    public var nonce: UInt64

    public init(nonce: UInt64) {
        self.nonce = nonce
    }
}

extension Pong: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        nonce = try reader.integer("nonce")
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(nonce)
    }
}
