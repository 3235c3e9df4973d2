internal import NIOCore
internal import Wire

/// Turns bytes into messages at the end of a channel's pipeline.
///
/// A thousand connections take little memory as long as nothing moves on them. What has come of a frame is kept in a
/// buffer of that frame's size, and nothing is kept between two frames. While the ``TransferGate`` is closed nothing is read:
/// an owner that has no room for a transfer leaves its bytes in the socket, where they hold up the peer, but for the few that
/// came with the header.
final class FrameHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Message
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// An outbound event: the gate, which was closed, is open.
    struct ReadOn: Sendable {}

    /// An outbound event: the owner has let the peer in.
    struct GreetingOver: Sendable {}

    private let decoder: FrameDecoder
    /// What the peer may send once it has been let in (``GreetingOver``).
    private let framePayload: Int
    /// What has come of a frame that is not all there.
    private var partial = ByteBuffer()
    private let gate: TransferGate
    private let demand: FrameReads.Demand
    /// Something was to be read while the gate was closed.
    private var wantsToRead = false

    /// - Parameter isGreeted: whether the peer may send long frames from the beginning.
    init(limits: WireLimits, isGreeted: Bool, gate: TransferGate, demand: FrameReads.Demand) {
        decoder = FrameDecoder(payloadLimit: isGreeted ? limits.framePayload : limits.greetingPayload)
        framePayload = limits.framePayload
        self.gate = gate
        self.demand = demand
    }

    // MARK: From the peer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        do {
            while let message = try next(&bytes) { pass(message, context) }
        } catch {
            context.fireErrorCaught(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        do {
            if let message = try decoder.decodeLast(buffer: &partial, seenEOF: true) { pass(message, context) }
        } catch {
            context.fireErrorCaught(error)
        }
        context.fireChannelInactive()
    }

    /// The next message, made of ``partial`` and `bytes`; `nil` when they are used up.
    private func next(_ bytes: inout ByteBuffer) throws(WireError) -> Message? {
        if partial.readableBytes == 0, let message = try decoder.decode(buffer: &bytes) { return message }
        while bytes.readableBytes > 0 {
            let missing = try decoder.extent(of: partial) - partial.readableBytes
            let count = min(missing, bytes.readableBytes)
            guard let piece = bytes.readSlice(length: count) else { return nil }
            // Of a frame that is not read on nothing but what is there.
            partial.reserveCapacity(minimumWritableBytes: gate.isClosed ? count : missing)
            partial.writeImmutableBuffer(piece)
            demand.missingBytes = missing - count
            guard let message = try decoder.decode(buffer: &partial) else { continue }
            partial = ByteBuffer()
            return message
        }
        return nil
    }

    private func pass(_ message: Message, _ context: ChannelHandlerContext) {
        switch message {
        case .modelHeader, .modelRest, .updateHeader: gate.begin()
        default: break
        }
        context.fireChannelRead(wrapInboundOut(message))
    }

    // MARK: From the owner

    func read(context: ChannelHandlerContext) {
        if gate.isClosed {
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
        if wantsToRead {
            wantsToRead = false
            context.read()
        }
    }
}
