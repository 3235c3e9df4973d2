internal import NIOCore
internal import Wire

/// Turns bytes into messages at the end of a channel's pipeline.
final class FrameHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Message

    private let decoder: FrameDecoder
    private let processor: NIOSingleStepByteToMessageProcessor<FrameDecoder>
    /// What the peer may send once its greeting has been read.
    private let framePayload: Int

    /// - Parameter isGreeted: whether the peer may send long frames from the beginning.
    init(limits: WireLimits, isGreeted: Bool) {
        decoder = FrameDecoder(payloadLimit: isGreeted ? limits.framePayload : limits.greetingPayload)
        processor = NIOSingleStepByteToMessageProcessor(decoder)
        framePayload = limits.framePayload
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            try processor.process(buffer: unwrapInboundIn(data)) { message in pass(message, context) }
        } catch {
            context.fireErrorCaught(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        do {
            try processor.finishProcessing(seenEOF: true) { message in pass(message, context) }
        } catch {
            context.fireErrorCaught(error)
        }
        context.fireChannelInactive()
    }

    private func pass(_ message: Message, _ context: ChannelHandlerContext) {
        if case .hello = message { decoder.payloadLimit = framePayload }
        context.fireChannelRead(wrapInboundOut(message))
    }
}
