public import Diagnostics
public import Logging
internal import NIOCore
internal import NIOPosix
public import Wire

/// A listening socket that serves each connection in a task of its own.
public struct Listener: Sendable {
    private let server: NIOAsyncChannel<ConnectionScope.Channel, Never>
    private let accepted: AcceptedChannels
    public let security: ListenerSecurity
    private let limits: WireLimits
    private let logger: Logger
    /// All connections together.
    public let traffic: Traffic
    /// Where it listens; the port is the real one where 0 was asked for.
    public let endpoint: Endpoint

    /// How many connections may wait until they are accepted, as far as the system allows: thousands of workers may come at
    /// the same moment, and one that finds no room tries again after a second.
    private static let backlog: Int32 = 4096

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - readAhead: bounds how many connections hold transfers in memory that nobody has asked for.
    ///   - option: that the user names the address with.
    /// - Throws: a ``Problem`` of kind `unavailable` when the address is taken or not this machine's.
    public static func bind(
        to endpoint: Endpoint, security: ListenerSecurity = .plain, limits: WireLimits = .default,
        readAhead: ReadAhead = ReadAhead(8), option: String = "--listen", logger: Logger
    ) async throws(Problem) -> Listener {
        let traffic = Traffic()
        let accepted = AcceptedChannels()
        do {
            let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: backlog)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: endpoint.host, port: endpoint.port) { channel in
                    let prepared = security.identity(on: channel.eventLoop, logger).flatMapThrowing { identity in
                        try accepted.add {
                            try ConnectionScope.setUp(
                                channel, counters: [traffic], limits: limits, isGreeted: false, readAhead: readAhead
                            ) { try security.setUp($0, as: identity, timeout: limits.greetingTimeout) }
                        }
                    }
                    // Nobody else does: what is not handed over is this one's to close.
                    prepared.whenFailure { _ in channel.close(promise: nil) }
                    return prepared
                }
            let port = server.channel.localAddress?.port ?? endpoint.port
            return Listener(
                server: server, accepted: accepted, security: security, limits: limits,
                logger: logger,
                traffic: traffic, endpoint: Endpoint(host: endpoint.host, port: port))
        } catch {
            throw Problem(
                .unavailable, "cannot listen on \(endpoint): \(ConnectionTrouble.describe(error))",
                remedy: "choose another address or port with \(option), or stop what uses this one")
        }
    }

    /// Finds out whether an address can be listened on, without doing so.
    ///
    /// - Throws: as ``bind(to:security:limits:readAhead:option:logger:)``.
    public static func probe(_ endpoint: Endpoint, option: String, logger: Logger) async throws {
        try await bind(to: endpoint, option: option, logger: logger).close()
    }

    /// Ends the listening of a listener that has served nobody.
    public func close() async throws {
        let result: Result<Void, any Error>
        do {
            result = .success(try await server.executeThenClose { _ in })
        } catch {
            result = .failure(error)
        }
        await accepted.end()
        try result.get()
    }

    /// Accepts connections until the task is cancelled, and serves each with `serve`; an error ends that connection
    /// alone.
    ///
    /// - Parameter refused: told of each connection that is turned away before it is served: the peer's address, and why.
    public func run(
        refused: @escaping @Sendable (String, WireError) async -> Void = { _, _ in },
        _ serve: @escaping @Sendable (PeerConnection, Inbox) async throws -> Void
    ) async throws {
        let count = ConnectionCount(limits: limits)
        let result: Result<Void, any Error>
        do {
            try await withThrowingDiscardingTaskGroup { group in
                try await server.executeThenClose { inbound in
                    for try await channel in inbound {
                        accepted.take(channel)
                        group.addTask {
                            await self.serve(channel, count, refused, serve)
                        }
                    }
                }
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await accepted.end()
        try result.get()
    }

    private func serve(
        _ channel: ConnectionScope.Channel, _ count: ConnectionCount,
        _ refused: @escaping @Sendable (String, WireError) async -> Void,
        _ serve: @escaping @Sendable (PeerConnection, Inbox) async throws -> Void
    ) async {
        let address = ConnectionCount.address(of: channel.messages.channel)
        let excess = count.enter(address)
        defer { count.leave(address) }
        let peer = ConnectionScope.peer(of: channel.messages.channel)
        do {
            try await ConnectionScope.run(channel, traffic: traffic, limits: limits) { handshake in
                do {
                    let credentials = try await security.credentials(handshake, logger)
                    if let excess { throw excess }
                    return credentials
                } catch let error as WireError {
                    // Who came and went without a word asked for nothing.
                    if case .failed(.closed(afterBytes: false)) = handshake { throw error }
                    await refused(peer, error)
                    throw error
                }
            } body: { connection, inbox in
                try await serve(connection, inbox)
            }
        } catch {
            logger.debug("connection ended", metadata: ["error": "\(error)"])
        }
    }
}
