internal import NIOCore
internal import Wire

/// Turns bytes into messages at the end of a channel's pipeline.
///
/// A thousand connections take little memory as long as nothing moves on them. What has come of a frame is kept in a
/// buffer of that frame's size, and nothing is kept between two frames. After the header of a model or an update nothing
/// is read until the owner asks for what follows (``ReadOn``): an owner that has no room for a transfer leaves its bytes in
/// the socket, where they hold up the peer, but for the few that came with the header.
final class FrameHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Message
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// An outbound event: the owner has taken the header of a transfer and asks for what follows.
    struct ReadOn: Sendable {}

    /// An outbound event: the owner has let the peer in.
    struct GreetingOver: Sendable {}

    private let decoder: FrameDecoder
    /// What the peer may send once it has been let in (``GreetingOver``).
    private let framePayload: Int
    /// What has come of a frame that is not all there.
    private var partial = ByteBuffer()
    private var isHeld = false
    /// What came while ``isHeld``.
    private var waiting: [ByteBuffer] = []
    /// Something was to be read while ``isHeld``.
    private var wantsToRead = false

    /// - Parameter isGreeted: whether the peer may send long frames from the beginning.
    init(limits: WireLimits, isGreeted: Bool) {
        decoder = FrameDecoder(payloadLimit: isGreeted ? limits.framePayload : limits.greetingPayload)
        framePayload = limits.framePayload
    }

    // MARK: From the peer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        take(unwrapInboundIn(data), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Nothing comes any more, so nothing is held back any more.
        while isHeld || !waiting.isEmpty { takeWaiting(context) }
        do {
            if let message = try decoder.decodeLast(buffer: &partial, seenEOF: true) { pass(message, context) }
        } catch {
            context.fireErrorCaught(error)
        }
        context.fireChannelInactive()
    }

    /// Passes on the messages that `bytes` bring to their end.
    private func take(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        var bytes = bytes
        do {
            while !isHeld, let message = try next(&bytes) { pass(message, context) }
            if bytes.readableBytes > 0 { waiting.append(bytes) }
        } catch {
            context.fireErrorCaught(error)
        }
    }

    /// Goes on with what came while the owner had not asked for it.
    private func takeWaiting(_ context: ChannelHandlerContext) {
        isHeld = false
        let bytes = waiting
        waiting = []
        for piece in bytes { take(piece, context) }
    }

    /// The next message, made of ``partial`` and `bytes`; `nil` when they are used up.
    private func next(_ bytes: inout ByteBuffer) throws(WireError) -> Message? {
        if partial.readableBytes == 0, let message = try decoder.decode(buffer: &bytes) { return message }
        while bytes.readableBytes > 0 {
            let missing = try decoder.extent(of: partial) - partial.readableBytes
            guard var piece = bytes.readSlice(length: min(missing, bytes.readableBytes)) else { return nil }
            partial.reserveCapacity(minimumWritableBytes: missing)
            partial.writeBuffer(&piece)
            guard piece.readableBytes == 0, let message = try decoder.decode(buffer: &partial) else { continue }
            partial = ByteBuffer()
            return message
        }
        return nil
    }

    private func pass(_ message: Message, _ context: ChannelHandlerContext) {
        switch message {
        case .modelHeader, .updateHeader: isHeld = true
        default: break
        }
        context.fireChannelRead(wrapInboundOut(message))
    }

    // MARK: From the owner

    func read(context: ChannelHandlerContext) {
        if isHeld {
            wantsToRead = true
        } else {
            context.read()
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        if event is GreetingOver {
            decoder.payloadLimit = framePayload
            promise?.succeed(())
            return
        }
        guard event is ReadOn else { return context.triggerUserOutboundEvent(event, promise: promise) }
        promise?.succeed(())
        takeWaiting(context)
        context.fireChannelReadComplete()
        if !isHeld, wantsToRead {
            wantsToRead = false
            context.read()
        }
    }
}
