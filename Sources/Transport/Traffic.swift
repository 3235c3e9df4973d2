internal import NIOCore
internal import Synchronization

/// The bytes that crossed a connection, or all connections of a listener, headers included.
public final class Traffic: Sendable {
    private let receivedBytes = Atomic<Int>(0)
    private let sentBytes = Atomic<Int>(0)

    public init() {}

    public var received: Int { receivedBytes.load(ordering: .relaxed) }
    public var sent: Int { sentBytes.load(ordering: .relaxed) }

    func addReceived(_ count: Int) { receivedBytes.add(count, ordering: .relaxed) }
    func addSent(_ count: Int) { sentBytes.add(count, ordering: .relaxed) }
}

/// Counts what passes, next to the socket.
final class TrafficHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let counters: [Traffic]

    init(_ counters: [Traffic]) {
        self.counters = counters
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = unwrapInboundIn(data).readableBytes
        for counter in counters { counter.addReceived(count) }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let count = unwrapOutboundIn(data).readableBytes
        for counter in counters { counter.addSent(count) }
        context.write(data, promise: promise)
    }
}
