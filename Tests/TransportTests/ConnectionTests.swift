import Logging
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing
import Transport
import Wire

struct ConnectionTests {
    static var quick: WireLimits {
        var limits = WireLimits()
        limits.heartbeat = .milliseconds(200)
        return limits
    }

    private func listener(_ limits: WireLimits = quick, maximumConnections: Int = 100) async throws -> Listener {
        var limits = limits
        limits.connections = maximumConnections
        return try await Listener.bind(
            to: Endpoint(host: "127.0.0.1", port: 0), limits: limits,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Serves with `serve` while `body` runs.
    private func serving(
        _ listener: Listener, _ serve: @escaping @Sendable (PeerConnection, Inbox) async throws -> Void,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await listener.run(serve)
                return false
            }
            group.addTask {
                try await body()
                return true
            }
            while let isBody = try await group.next() {
                if isBody { return }
            }
        }
    }

    @Test("Messages arrive in order, and the last one before the end")
    func order() async throws {
        let listener = try await listener()
        try await serving(listener) { connection, inbox in
            for try await message in inbox { connection.send(message) }
        } _: {
            let texts = Mutex<[String]>([])
            try await Connector.withConnection(to: listener.endpoint, limits: Self.quick) { connection, inbox in
                for number in 0..<100 {
                    connection.send(.error(ErrorMessage(code: 1, text: "\(number)", remedy: "")))
                }
                for try await case .error(let error) in inbox {
                    texts.withLock { $0.append(error.text) }
                    if error.text == "99" { return }
                }
            }
            #expect(texts.withLock { $0 } == (0..<100).map { "\($0)" })
        }
    }

    @Test("Connections that come while the listening ends are closed, and end nothing", .timeLimit(.minutes(1)))
    func endOfListening() async throws {
        for _ in 0..<150 {
            let listener = try await listener()
            let coming = Mutex<[EventLoopFuture<any Channel>]>([])
            try await serving(listener) { _, inbox in
                for try await _ in inbox {}
            } _: {
                let clients = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                let connections = (0..<24).map { _ in
                    clients.connect(host: listener.endpoint.host, port: listener.endpoint.port)
                }
                coming.withLock { $0 = connections }
                _ = try await connections[0].get()
            }
            // Whoever was let in is let go; the others were refused.
            for connection in coming.withLock({ $0 }) {
                guard let channel = try? await connection.get() else { continue }
                // Where the listening ended within the handshake, only who sends something is told.
                channel.writeAndFlush(ByteBuffer(string: "hello"), promise: nil)
                try await channel.closeFuture.get()
            }
        }
    }

    @Test("A connection on which nobody speaks lives by its heartbeat")
    func heartbeat() async throws {
        let listener = try await listener()
        let before = ContinuousClock.now
        try await serving(listener) { connection, inbox in
            for try await _ in inbox {}
        } _: {
            try await Connector.withConnection(to: listener.endpoint, limits: Self.quick) { connection, inbox in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    defer { group.cancelAll() }
                    group.addTask { for try await _ in inbox {} }
                    // Longer than the silence that would end it.
                    try await eventually { ContinuousClock.now - before > Self.quick.silenceTimeout * 3 }
                    #expect(connection.failure == nil)
                }
            }
        }
    }

    @Test("The connection that is one too many is told so")
    func tooMany() async throws {
        let listener = try await listener(maximumConnections: 1)
        try await serving(listener) { _, inbox in
            for try await _ in inbox {}
        } _: {
            try await Connector.withConnection(to: listener.endpoint, limits: Self.quick) { _, _ in
                try await eventually { listener.traffic.received > 0 }
                let code = Mutex<WireError.Code?>(nil)
                try await Connector.withConnection(to: listener.endpoint, limits: Self.quick) { _, inbox in
                    for try await case .error(let error) in inbox { code.withLock { $0 = error.knownCode } }
                }
                #expect(code.withLock { $0 } == .tooManyConnections)
            }
        }
    }

    @Test("A peer that sends nothing within the time that is set is told so and left")
    func overdue() async throws {
        let listener = try await listener()
        try await serving(listener) { connection, inbox in
            connection.expect(.greeting, within: .milliseconds(100))
            for try await _ in inbox {}
        } _: {
            let code = Mutex<WireError.Code?>(nil)
            try await Connector.withConnection(to: listener.endpoint, limits: Self.quick) { _, inbox in
                for try await case .error(let error) in inbox { code.withLock { $0 = error.knownCode } }
            }
            #expect(code.withLock { $0 } == .greetingTimeout)
        }
    }
}
