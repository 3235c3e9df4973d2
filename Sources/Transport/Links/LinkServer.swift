public import Diagnostics
internal import NIOCore
internal import NIOPosix

/// The other end of a link that is measured by a ``LinkProbe``: takes what is sent and sends what is asked for, ``largestTransfer`` at
/// once. What is no request ends the connection, and so does silence.
public struct LinkServer: Sendable {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Bytes in one direction, for one request.
    public static let largestTransfer: UInt64 = 1 << 30
    private static let longestSilence = TimeAmount.seconds(30)

    /// Where it listens; the port is the real one where 0 was asked for.
    public let endpoint: Endpoint
    private let server: NIOAsyncChannel<Connection, Never>

    /// Begins to listen.
    ///
    /// - Throws: a ``Problem`` of kind `unavailable` when the address is taken or not this machine's.
    public static func bind(to endpoint: Endpoint) async throws(Problem) -> LinkServer {
        do {
            let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: endpoint.host, port: endpoint.port) { channel in
                    channel.eventLoop.makeCompletedFuture { try setUp(channel) }
                }
            let port = server.channel.localAddress?.port ?? endpoint.port
            return LinkServer(endpoint: Endpoint(host: endpoint.host, port: port), server: server)
        } catch {
            throw Problem(
                .unavailable, "cannot listen on \(endpoint): \(ConnectionTrouble.describe(error))",
                remedy: "choose another address or port, or stop what uses this one")
        }
    }

    /// Serves connections until the task is cancelled; what is wrong with one ends it alone.
    public func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { connections in
                for try await connection in connections {
                    group.addTask { try? await Self.serve(connection) }
                }
            }
        }
    }

    static func setUp(_ channel: any Channel) throws -> Connection {
        try channel.pipeline.syncOperations.addHandler(IdleStateHandler(allTimeout: longestSilence))
        try channel.pipeline.syncOperations.addHandler(SilenceHandler())
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(inboundType: ByteBuffer.self, outboundType: ByteBuffer.self))
    }

    private static func serve(_ connection: Connection) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var stream = LinkStream(inbound)
            while let (kind, count) = try await stream.request(), count <= largestTransfer {
                switch LinkRequest(rawValue: kind) {
                case .echo:
                    try await outbound.write(LinkRequest.answer)
                case .up:
                    guard try await stream.skip(Int(count)) else { return }
                    try await outbound.write(LinkRequest.answer)
                case .down:
                    try await LinkRequest.send(Int(count), to: outbound)
                case nil:
                    return
                }
            }
        }
    }
}

/// Ends a connection on which nothing goes either way.
private final class SilenceHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
