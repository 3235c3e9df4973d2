import Diagnostics
internal import NIOCore
internal import NIOPosix

/// Measures the link to a ``LinkServer``: how long a byte takes, and how many go each way in a second.
public struct LinkProbe: Sendable {
    /// What a link is like.
    public struct Result: Sendable, Hashable {
        /// One way: half of the shortest time that a byte took there and back.
        public let latency: Duration
        /// Bits in a second, to the server and from it.
        public let up: Int
        public let down: Int
    }

    private static let echoes = 20
    private static let firstTransfer = 256 << 10

    private let endpoint: Endpoint
    private let duration: Duration

    /// - Parameter duration: a transfer takes so long at least, unless the link is too fast for that: what is sent is doubled until it
    ///   does.
    public init(_ endpoint: Endpoint, transfersOf duration: Duration = .milliseconds(500)) {
        self.endpoint = endpoint
        self.duration = duration
    }

    /// - Throws: a ``Problem`` when there is no server, or it does not answer as one.
    public func measure() async throws -> Result {
        do {
            return try await connect().executeThenClose { inbound, outbound in
                var session = Session(stream: LinkStream(inbound), outbound: outbound)
                var roundTrip = Duration.seconds(3600)
                for _ in 0..<Self.echoes { roundTrip = min(roundTrip, try await session.time(.echo, 0)) }
                return Result(
                    latency: roundTrip / 2, up: try await rate(.up, roundTrip, &session),
                    down: try await rate(.down, roundTrip, &session))
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(
                .unavailable, "the link to \(endpoint) cannot be measured: \(ConnectionTrouble.describe(error))",
                remedy: "start the other end there: fed calibrate --serve 0.0.0.0:\(endpoint.port)")
        }
    }

    private func connect() async throws -> LinkServer.Connection {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(10))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: endpoint.host, port: endpoint.port) { channel in
                channel.eventLoop.makeCompletedFuture { try LinkServer.setUp(channel) }
            }
    }

    /// Bits in a second.
    private func rate(_ request: LinkRequest, _ roundTrip: Duration, _ session: inout Session) async throws -> Int {
        var count = Self.firstTransfer
        while true {
            let time = try await session.time(request, count)
            if time >= duration || count * 2 > Int(LinkServer.largestTransfer) {
                // The request and its answer are under way that long, whatever is between.
                let seconds = max((time - roundTrip) / .seconds(1), 1e-9)
                return Int((Double(count) * 8 / seconds).rounded())
            }
            count *= 2
        }
    }

    private struct Session {
        var stream: LinkStream
        let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

        /// How long a request takes until its answer is here.
        mutating func time(_ request: LinkRequest, _ count: Int) async throws -> Duration {
            let start = ContinuousClock.now
            try await outbound.write(request.bytes(count: UInt64(count)))
            if request == .up { try await LinkRequest.send(count, to: outbound) }
            guard try await stream.skip(request == .down ? count : 1) else { throw ChannelError.inputClosed }
            return .now - start
        }
    }
}
