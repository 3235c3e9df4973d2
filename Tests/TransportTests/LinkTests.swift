import Diagnostics
import NIOCore
import NIOPosix
import Settings
import TestSupport
import Testing
import Transport

/// Measuring a link, over real sockets.
@Suite struct LinkTests {
    /// Runs `body` beside a server on loopback.
    private func withServer<Result: Sendable>(
        _ body: @escaping @Sendable (Endpoint) async throws -> Result
    ) async throws -> Result {
        let server = try await LinkServer.bind(to: Endpoint(host: "127.0.0.1", port: 0))
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await server.run()
                return nil
            }
            group.addTask { try await body(server.endpoint) }
            group.addTask {
                try await Task.sleep(for: .seconds(60))
                throw DeadlinePassed()
            }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw DeadlinePassed()
        }
    }

    /// What a server answers to these bytes, until it closes or has sent so many.
    private func answer(to bytes: [UInt8], upTo count: Int, at endpoint: Endpoint) async throws -> Int {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: endpoint.host, port: endpoint.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(inboundType: ByteBuffer.self, outboundType: ByteBuffer.self))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            var received = 0
            do {
                for try await part in inbound {
                    received += part.readableBytes
                    if received >= count { break }
                }
            } catch is IOError {
                // A side that closes with bytes unread resets the connection.
            }
            return received
        }
    }

    private func request(_ kind: Character, _ count: UInt64) -> [UInt8] {
        [kind.asciiValue ?? 0] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    }

    @Test("A probe finds how long a byte takes and how many go each way")
    func measured() async throws {
        let result = try await withServer { try await LinkProbe($0, transfersOf: .milliseconds(20)).measure() }
        #expect(result.latency > .zero && result.latency < .seconds(1))
        #expect(result.up > 1_000_000 && result.down > 1_000_000)
    }

    @Test("A link that is slow is found to be as slow as it is")
    func slow() async throws {
        let result = try await withServer { endpoint in
            // 20 Mbit/s to the server, 40 from it, 10 ms each way.
            let conditions = NetworkConditions(
                toServer: FlowConditions(delay: .milliseconds(10) ... .milliseconds(10), bytesPerSecond: 2_500_000),
                toClient: FlowConditions(delay: .milliseconds(10) ... .milliseconds(10), bytesPerSecond: 5_000_000))
            return try await NetworkProxy.withProxy(to: endpoint, conditions: conditions, seed: 1) {
                try await LinkProbe($0.endpoint, transfersOf: .milliseconds(400)).measure()
            }
        }
        // The machine may be slower than the network that it plays, never faster.
        #expect(result.latency >= .milliseconds(9))
        #expect((2_000_000...22_000_000).contains(result.up))
        #expect((4_000_000...44_000_000).contains(result.down))
    }

    @Test("Requests are answered in their order, to the byte")
    func requests() async throws {
        let found = try await withServer { endpoint in
            let up = self.request("u", 5) + [1, 2, 3, 4, 5]
            let bytes = self.request("e", 0) + up + self.request("d", 100_000) + self.request("e", 0)
            return try await self.answer(to: bytes, upTo: 100_003, at: endpoint)
        }
        #expect(found == 100_003)
    }

    @Test("What is no request ends the connection, and no other")
    func garbage() async throws {
        let found = try await withServer { endpoint in
            var received: [Int] = []
            for bytes in [
                self.request("x", 1), self.request("d", LinkServer.largestTransfer + 1), self.request("u", .max),
                [UInt8](repeating: 0xFF, count: 1000),
            ] {
                received.append(try await self.answer(to: bytes, upTo: 1, at: endpoint))
            }
            received.append(try await self.answer(to: self.request("e", 0), upTo: 1, at: endpoint))
            return received
        }
        #expect(found == [0, 0, 0, 0, 1])
    }

    @Test("Where nobody listens, that is said, with what to do")
    func nobody() async throws {
        let server = try await LinkServer.bind(to: Endpoint(host: "127.0.0.1", port: 0))
        await #expect(throws: Problem.self) { try await LinkServer.bind(to: server.endpoint) }
        let free = Endpoint(host: "127.0.0.1", port: 1)
        let problem = await #expect(throws: Problem.self) { try await LinkProbe(free).measure() }
        #expect(problem?.kind == .unavailable && problem?.remedy?.contains("--serve") == true)
        let ending = Task { try await server.run() }
        ending.cancel()
        _ = await ending.result
    }
}
