internal import NIOCore
internal import NIOPosix
public import Wire

/// Opens connections to a listener.
public enum Connector {
    /// Connects, runs `body` with the connection and closes it.
    ///
    /// - Parameter farewell: the last message to the peer when the task is cancelled.
    /// - Throws: what NIO throws when there is no connection to be had; a ``WireError`` for the peer's mistakes; what
    ///   `body` throws.
    public static func withConnection(
        to endpoint: Endpoint, limits: WireLimits = .default, farewell: Message? = nil,
        _ body: @escaping @Sendable (PeerConnection, Inbox) async throws -> Void
    ) async throws {
        let traffic = Traffic()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.nanoseconds(limits.greetingTimeout.nanoseconds))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: endpoint.host, port: endpoint.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try ConnectionScope.setUp(channel, counters: [traffic], limits: limits, isGreeted: true)
                }
            }
        try await ConnectionScope.run(
            channel, traffic: traffic, limits: limits, mayHoldBack: true, farewell: farewell, body: body)
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
