internal import NIOCore
internal import NIOPosix
import Settings
public import Wire

/// Opens connections to a listener.
public enum Connector {
    /// Connects, runs `body` with the connection and closes it.
    ///
    /// - Parameters:
    ///   - security: how the connection is protected; what the handshake shows stands in the connection's
    ///     ``PeerConnection/credentials``.
    ///   - farewell: the last message to the peer when the task is cancelled.
    ///   - connecting: bounds how many connections are being opened at once, by all who share it.
    ///   - readAhead: bounds how many connections hold transfers in memory that nobody has asked for, likewise.
    /// - Throws: what NIO throws when there is no connection to be had; a ``WireError`` for the peer's mistakes; what
    ///   `body` throws.
    public static func withConnection(
        to endpoint: Endpoint, security: ConnectorSecurity = .plain, limits: WireLimits = .default,
        farewell: Message? = nil, connecting: Slots? = nil, readAhead: ReadAhead = ReadAhead(1),
        _ body: @escaping @Sendable (PeerConnection, Inbox) async throws -> Void
    ) async throws {
        let traffic = Traffic()
        let channel =
            if let connecting {
                try await connecting.withSlot {
                    try await connect(to: endpoint, security, traffic: traffic, limits: limits, readAhead: readAhead)
                }
            } else {
                try await connect(to: endpoint, security, traffic: traffic, limits: limits, readAhead: readAhead)
            }
        try await ConnectionScope.run(
            channel, traffic: traffic, limits: limits, mayHoldBack: true, farewell: farewell,
            credentials: { try await security.credentials($0) }, body: body)
    }

    /// Connects, or throws `CancellationError` as soon as the task is cancelled: NIO would go on looking the name up and
    /// trying until its time is over.
    private static func connect(
        to endpoint: Endpoint, _ security: ConnectorSecurity, traffic: Traffic, limits: WireLimits, readAhead: ReadAhead
    ) async throws -> ConnectionScope.Channel {
        let (result, entry) = AsyncThrowingStream.makeStream(of: ConnectionScope.Channel.self)
        Task {
            do {
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connectTimeout(.nanoseconds(limits.greetingTimeout.nanoseconds))
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .connect(host: endpoint.host, port: endpoint.port) { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try ConnectionScope.setUp(
                                channel, counters: [traffic], limits: limits, isGreeted: true, readAhead: readAhead
                            ) { try security.setUp($0, host: endpoint.host, timeout: limits.greetingTimeout) }
                        }
                    }
                // Nobody waits for it any more.
                if case .terminated = entry.yield(channel) { try await channel.messages.executeThenClose { _, _ in } }
                entry.finish()
            } catch {
                entry.finish(throwing: error)
            }
        }
        for try await channel in result { return channel }
        throw CancellationError()
    }
}
