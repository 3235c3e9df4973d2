import NIOCore
import NIOPosix
import Transport

/// Servers and clients that exchange bytes without a protocol.
enum RawConnections {
    typealias Channel = NIOAsyncChannel<ByteBuffer, ByteBuffer>
    /// What one side does with its connection, which ends when this returns.
    typealias Conversation =
        @Sendable (NIOAsyncChannelInboundStream<ByteBuffer>, NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws ->
        Void

    /// Runs `body` with the endpoint of a server that serves each connection with `serve`.
    static func serving(
        _ serve: @escaping Conversation, _ body: (Endpoint) async throws -> Void
    ) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try wrap(channel) }
            }
        let endpoint = Endpoint(host: "127.0.0.1", port: listener.channel.localAddress?.port ?? 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await listener.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { tasks in
                        for try await connection in connections {
                            // Connections may be cut; what the tests look at is what came before.
                            tasks.addTask { try? await connection.executeThenClose { try await serve($0, $1) } }
                        }
                    }
                }
            }
            try await body(endpoint)
        }
    }

    /// Connects and talks.
    static func connect(to endpoint: Endpoint, _ talk: Conversation) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: endpoint.host, port: endpoint.port) { channel in
                channel.eventLoop.makeCompletedFuture { try wrap(channel) }
            }
        try await channel.executeThenClose { try await talk($0, $1) }
    }

    /// Sends back all that comes, and then its end.
    static let echo: Conversation = { inbound, outbound in
        for try await bytes in inbound { try await outbound.write(bytes) }
        outbound.finish()
    }

    /// Sends `bytes` in writes of `size`, ends its side, and gives what came back until the other side ended.
    static func exchange(_ bytes: [UInt8], writes size: Int, with endpoint: Endpoint) async throws -> [UInt8] {
        let (received, entry) = AsyncStream.makeStream(of: [UInt8].self)
        try await connect(to: endpoint) { inbound, outbound in
            async let written: Void = {
                for start in stride(from: 0, to: bytes.count, by: size) {
                    try await outbound.write(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
                }
                outbound.finish()
            }()
            var received: [UInt8] = []
            for try await piece in inbound { received += piece.readableBytesView }
            try await written
            entry.yield(received)
        }
        entry.finish()
        return await received.first { _ in true } ?? []
    }

    private static func wrap(_ channel: any NIOCore.Channel) throws -> Channel {
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }
}
