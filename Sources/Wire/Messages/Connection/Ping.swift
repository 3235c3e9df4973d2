internal import NIOCore

/// Either way: the sender lives; it is answered at once with a ``Pong``.
public struct Ping: Sendable, Equatable {
    public var nonce: UInt64

    public init(nonce: UInt64) {
        self.nonce = nonce
    }
}

extension Ping: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        nonce = try reader.integer("nonce")
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(nonce)
    }
}
