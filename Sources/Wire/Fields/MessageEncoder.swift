public import NIOCore

/// Writes messages as frames. The preface is the channel's to write, before the first of them.
public struct MessageEncoder: MessageToByteEncoder, Sendable {
    public typealias OutboundIn = Message

    public init() {}

    public func encode(data: Message, out: inout ByteBuffer) {
        data.writeFrame(into: &out)
    }
}
