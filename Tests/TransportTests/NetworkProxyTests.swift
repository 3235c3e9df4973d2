import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing
import Transport

struct NetworkProxyTests {
    /// Bytes whose order can be told.
    static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ ($0 >> 8)) } }

    /// Counts what comes, and when it ended.
    final class Counter: Sendable {
        let count = Mutex(0)
        let hasEnded = Mutex(false)

        func drain(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async {
            do {
                for try await piece in inbound { count.withLock { $0 += piece.readableBytes } }
            } catch {
                // An end like another.
            }
            hasEnded.withLock { $0 = true }
        }
    }

    static let conditions: [(String, NetworkConditions)] = [
        ("a perfect network", NetworkConditions()),
        (
            "pieces of a few bytes",
            NetworkConditions(toServer: .init(pieces: 1...300), toClient: .init(pieces: 1...300))
        ),
        (
            "delays, one direction slower than the other",
            NetworkConditions(
                toServer: .init(delay: .zero ... .milliseconds(4)),
                toClient: .init(delay: .milliseconds(1)...(.milliseconds(6)), pieces: 10_000...50_000))
        ),
        (
            "a pause",
            NetworkConditions(stall: .init(after: 1...99_999, lasting: .milliseconds(1)...(.milliseconds(50))))
        ),
    ]

    @Test("What passes arrives unchanged and in order", .timeLimit(.minutes(1)), arguments: conditions)
    func order(_ name: String, _ conditions: NetworkConditions) async throws {
        let sent = Self.bytes(100_000)
        try await RawConnections.serving(RawConnections.echo) { server in
            try await NetworkProxy.withProxy(to: server, conditions: conditions, seed: 1) { proxy in
                for size in [100_000, 1000] {
                    let received = try await RawConnections.exchange(sent, writes: size, with: proxy.endpoint)
                    #expect(received == sent)
                }
                #expect(proxy.counts.connections == 2 && proxy.counts.cuts == 0)
                #expect(proxy.counts.bytes == [.toServer: 200_000, .toClient: 200_000])
                #expect(proxy.counts.stalls == (conditions.stall == nil ? 0 : 2))
                if conditions.toServer.pieces != nil {
                    #expect(proxy.counts.pieces[.toServer, default: 0] >= 200_000 / 300)
                }
            }
        }
    }

    @Test("What comes while a piece is held back leaves together", .timeLimit(.minutes(1)))
    func merging() async throws {
        let sent = Self.bytes(2000)
        let conditions = NetworkConditions(toServer: .init(delay: .milliseconds(100)...(.milliseconds(100))))
        try await RawConnections.serving(RawConnections.echo) { server in
            try await NetworkProxy.withProxy(to: server, conditions: conditions, seed: 1) { proxy in
                let received = try await RawConnections.exchange(sent, writes: 1, with: proxy.endpoint)
                #expect(received == sent)
                #expect(proxy.counts.pieces[.toServer, default: 0] < 100)
            }
        }
    }

    @Test("A bandwidth is a bound on what passes in a second", .timeLimit(.minutes(1)))
    func bandwidth() async throws {
        let sent = Self.bytes(30_000)
        let conditions = NetworkConditions(toClient: .init(bytesPerSecond: 100_000, pieces: 1000...1000))
        try await RawConnections.serving(RawConnections.echo) { server in
            try await NetworkProxy.withProxy(to: server, conditions: conditions, seed: 1) { proxy in
                let start = ContinuousClock.now
                let received = try await RawConnections.exchange(sent, writes: 30_000, with: proxy.endpoint)
                #expect(received == sent)
                #expect(.now - start >= .milliseconds(300))
            }
        }
    }

    @Test("A side that does not read holds the other one back", .timeLimit(.minutes(1)))
    func backPressure() async throws {
        let (reading, mayRead) = AsyncStream.makeStream(of: Never.self)
        let sink = Counter()
        try await RawConnections.serving { inbound, _ in
            for await _ in reading {}
            await sink.drain(inbound)
        } _: { server in
            try await NetworkProxy.withProxy(to: server, conditions: NetworkConditions(), seed: 1) { proxy in
                let piece = ByteBuffer(repeating: 1, count: 1 << 20)
                let written = Counter()
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(host: proxy.endpoint.host, port: proxy.endpoint.port).get()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    defer { channel.close(promise: nil) }
                    group.addTask {
                        for _ in 0..<256 {
                            // Ends when the system has taken all of it.
                            try await channel.writeAndFlush(piece).get()
                            written.count.withLock { $0 += piece.readableBytes }
                        }
                    }
                    // The buffers on the way fill up, and then nothing moves.
                    let last = Mutex((count: 0, since: ContinuousClock.now))
                    try await eventually {
                        let count = written.count.withLock { $0 }
                        return last.withLock { last in
                            if last.count != count { last = (count, .now) }
                            return count > 0 && .now - last.since > .milliseconds(300)
                        }
                    }
                    #expect(written.count.withLock { $0 } < 64 << 20)
                    mayRead.finish()
                    try await group.waitForAll()
                    try await eventually { sink.count.withLock { $0 } == 256 << 20 }
                }
            }
        }
    }

    @Test(
        "A connection is cut after just as many bytes as its plan says", .timeLimit(.minutes(1)),
        arguments: 0..<8 as Range<UInt64>)
    func cuts(_ seed: UInt64) async throws {
        let conditions = NetworkConditions(
            toServer: .init(pieces: 1...5000), cut: .init(after: 0...90_000, directions: [.toServer], resets: 0))
        let plan = ConnectionPlan(conditions, seed: seed, index: 0)
        let sink = Counter()
        try await RawConnections.serving { inbound, _ in
            await sink.drain(inbound)
        } _: { server in
            try await NetworkProxy.withProxy(to: server, conditions: conditions, seed: seed) { proxy in
                let answer = try? await RawConnections.exchange(Self.bytes(100_000), writes: 999, with: proxy.endpoint)
                #expect(answer ?? [] == [])
                try await eventually { sink.hasEnded.withLock { $0 } }
                #expect(sink.count.withLock { $0 } == plan.incidents.first?.after)
                #expect(proxy.counts.cuts == 1)
            }
        }
    }

    @Test("A reset ends the connection of both sides", .timeLimit(.minutes(1)))
    func resets() async throws {
        let sink = Counter()
        let conditions = NetworkConditions(cut: .init(after: 10_000...10_000, directions: [.toClient], resets: 1))
        try await RawConnections.serving { inbound, outbound in
            try await outbound.write(ByteBuffer(repeating: 7, count: 50_000))
            await sink.drain(inbound)
        } _: { server in
            try await NetworkProxy.withProxy(to: server, conditions: conditions, seed: 3) { proxy in
                let client = Counter()
                try await RawConnections.connect(to: proxy.endpoint) { inbound, _ in await client.drain(inbound) }
                #expect(client.count.withLock { $0 } <= 10_000)
                try await eventually { sink.hasEnded.withLock { $0 } }
                #expect(proxy.counts.cuts == 1)
            }
        }
    }

    @Test("A connection that stalls for ever moves nothing and is not closed", .timeLimit(.minutes(1)))
    func stalls() async throws {
        let (server, client) = (Counter(), Counter())
        let conditions = NetworkConditions(stall: .init(after: 5000...5000, directions: [.toServer]))
        try await RawConnections.serving { inbound, outbound in
            async let answer: Void = outbound.write(ByteBuffer(repeating: 7, count: 50))
            await server.drain(inbound)
            try await answer
        } _: { endpoint in
            try await NetworkProxy.withProxy(to: endpoint, conditions: conditions, seed: 3) { proxy in
                try await RawConnections.connect(to: proxy.endpoint) { inbound, outbound in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        defer { group.cancelAll() }
                        group.addTask { await client.drain(inbound) }
                        try await eventually { client.count.withLock { $0 } == 50 }
                        try await outbound.write(ByteBuffer(repeating: 1, count: 20_000))
                        try await eventually { proxy.counts.stalls == 1 && server.count.withLock { $0 } == 5000 }
                        // Longer than anything takes to pass.
                        let since = ContinuousClock.now
                        try await eventually { .now - since > .milliseconds(300) }
                        #expect(!client.hasEnded.withLock { $0 } && !server.hasEnded.withLock { $0 })
                        #expect(proxy.counts.bytes == [.toServer: 5000, .toClient: 50])
                    }
                }
            }
        }
    }

    @Test("Where there is no server, the connection ends", .timeLimit(.minutes(1)))
    func noServer() async throws {
        // Nothing listens on port 1 of the loopback.
        let nowhere = Endpoint(host: "127.0.0.1", port: 1)
        try await NetworkProxy.withProxy(to: nowhere, conditions: NetworkConditions(), seed: 1) { proxy in
            let received = try await RawConnections.exchange([], writes: 1, with: proxy.endpoint)
            #expect(received == [])
            #expect(proxy.counts.unreachable == 1)
        }
    }
}
