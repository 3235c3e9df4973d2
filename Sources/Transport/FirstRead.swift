internal import NIOCore

/// Holds the buffer of a channel's first read, next to the socket.
///
/// A channel keeps that buffer, and would read into it again and let it grow, if nobody else had it; so it stays small, and
/// all others go when their bytes have been taken. TLS hands the bytes on in buffers of its own: whoever stands behind it
/// never sees the channel's.
final class FirstRead: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var first: ByteBuffer?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if first == nil { first = unwrapInboundIn(data) }
        context.fireChannelRead(data)
    }
}
