import NIOCore
import NIOPosix
import Synchronization
public import Transport

/// A network between clients and a server, as bad as a test wants it: clients connect to ``endpoint`` instead of the
/// server's, and the proxy passes on what they and the server say, late, in other pieces, and not always to the end.
///
/// It takes no more from one side than the other side takes from it.
public final class NetworkProxy: Sendable {
    typealias Channel = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Where clients connect.
    public let endpoint: Endpoint
    private let server: Endpoint
    private let conditions: NetworkConditions
    private let seed: UInt64
    private let state = Mutex(ProxyCounts())

    private init(endpoint: Endpoint, server: Endpoint, conditions: NetworkConditions, seed: UInt64) {
        self.endpoint = endpoint
        self.server = server
        self.conditions = conditions
        self.seed = seed
    }

    /// What it has done so far.
    public var counts: ProxyCounts { state.withLock { $0 } }

    func count(_ change: (inout ProxyCounts) -> Void) {
        state.withLock { change(&$0) }
    }

    /// Runs `body` with a proxy before `server`; all connections through it end with `body`.
    ///
    /// - Parameter seed: decides, with the conditions, what happens to the first connection, the second, and so on.
    public static func withProxy<Result: Sendable>(
        to server: Endpoint, conditions: NetworkConditions, seed: UInt64,
        isolation: isolated (any Actor)? = #isolation, _ body: (NetworkProxy) async throws -> Result
    ) async throws -> Result {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try setUp(channel) }
            }
        let endpoint = Endpoint(host: "127.0.0.1", port: listener.channel.localAddress?.port ?? 0)
        let proxy = NetworkProxy(endpoint: endpoint, server: server, conditions: conditions, seed: seed)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await proxy.serve(listener) }
            return try await body(proxy)
        }
    }

    /// The channel of either side.
    static func setUp(_ channel: any NIOCore.Channel) throws -> Channel {
        let options = channel.syncOptions
        try options?.setOption(.tcpOption(.tcp_nodelay), value: 1)
        try options?.setOption(.allowRemoteHalfClosure, value: true)
        try options?.setOption(
            .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 16_384, maximum: 262_144))
        // Nothing more is read before a piece has been passed on: what comes meanwhile stays with the sender.
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(backPressureStrategy: .init(lowWatermark: 1, highWatermark: 1)))
    }

    private func serve(_ listener: NIOAsyncChannel<Channel, Never>) async throws {
        try await listener.executeThenClose { clients in
            try await withThrowingDiscardingTaskGroup { tasks in
                var index = 0
                for try await client in clients {
                    let plan = ConnectionPlan(conditions, seed: seed, index: index)
                    index += 1
                    count { $0.connections += 1 }
                    tasks.addTask { await self.serve(client, plan) }
                }
            }
        }
    }

    private func serve(_ client: Channel, _ plan: ConnectionPlan) async {
        // How a connection ends is the two sides' affair; here there is nobody to tell.
        try? await client.executeThenClose { fromClient, _ in
            let connected: Channel
            do {
                connected = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(host: server.host, port: server.port) { channel in
                        channel.eventLoop.makeCompletedFuture { try Self.setUp(channel) }
                    }
            } catch {
                count { $0.unreachable += 1 }
                return
            }
            try await connected.executeThenClose { fromServer, _ in
                let connection = ProxiedConnection(
                    proxy: self, plan: plan, client: client.channel, server: connected.channel)
                await connection.run(fromClient: fromClient, fromServer: fromServer)
            }
        }
    }
}
