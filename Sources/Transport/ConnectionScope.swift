internal import NIOCore
import Settings
internal import Wire

/// The life of one connection: the owner's work, the outbox and the watch run side by side, and the end of one is the
/// end of all.
enum ConnectionScope {
    /// A channel with its handlers in place, and the gate that they share with the connection's owner. Its handshake, if it
    /// has one, may not be over.
    struct Channel: Sendable {
        let messages: NIOAsyncChannel<Message, ByteBuffer>
        let gate: TransferGate
        /// Told once; `nil` without TLS.
        let handshake: AsyncStream<Handshake>?

        /// Waits for the handshake, which has a deadline of its own.
        func outcome() async throws -> Handshake {
            guard let handshake else { return .done(peerCertificate: nil, ownBinding: nil) }
            for await outcome in handshake { return outcome }
            try Task.checkCancellation()
            return .failed(.closed(afterBytes: false))
        }
    }

    /// Which of a connection's tasks has come to its end.
    private enum Ending: Sendable {
        case body
        case outbox
        /// The socket takes nothing any more.
        case cut(any Error)
        /// The time to hear the peer out is over.
        case silence
    }

    /// How long the last message may take to leave, and the peer to close its side.
    static let lastWords = TimeAmount.milliseconds(900)

    /// The most bytes that are read at once where TLS takes them apart: its buffers grow with what it is given, and stay so.
    static let encryptedReadSize = 16 * 1024

    /// The channel of a connection, its handlers in place.
    static func setUp(
        _ channel: any NIOCore.Channel, counters: [Traffic], limits: WireLimits, isGreeted: Bool,
        readAhead: ReadAhead, security: (any NIOCore.Channel) throws -> AsyncStream<Handshake>?
    ) throws -> Channel {
        let options = channel.syncOptions
        let demand = FrameReads.Demand()
        // Whether to go on reading is asked after each read, and no more than one buffer is kept.
        try options?.setOption(.maxMessagesPerRead, value: 1)
        // The next chunk is prepared while one leaves.
        try options?.setOption(
            .writeBufferWaterMark, value: .init(low: limits.chunkSize, high: 4 * limits.chunkSize))
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(TrafficHandler(counters))
        try pipeline.addHandler(FirstRead())
        let handshake = try security(channel)
        let most = handshake == nil ? limits.chunkSize + FrameReads.least : encryptedReadSize
        try options?.setOption(.recvAllocator, value: FrameReads(demand: demand, most: most))
        let gate = TransferGate(readAhead: readAhead)
        try pipeline.addHandler(FrameHandler(limits: limits, isGreeted: isGreeted, gate: gate, demand: demand))
        return Channel(
            messages: try NIOAsyncChannel(wrappingChannelSynchronously: channel), gate: gate, handshake: handshake)
    }

    /// Runs `body` with the connection. A ``WireError``, its own or the peer's fault, is sent to the peer before the
    /// connection ends, and is thrown. When the task is cancelled, `farewell` is the last message.
    static func run(
        _ channel: Channel, traffic: Traffic, limits: WireLimits, mayHoldBack: Bool = false, farewell: Message? = nil,
        credentials: @escaping @Sendable (Handshake) async throws -> PeerCredentials,
        body: @escaping @Sendable (PeerConnection, Inbox) async throws -> Void
    ) async throws {
        let start = ContinuousClock.now
        let messages = channel.messages
        try await messages.executeThenClose { inbound, outbound in
            let handshake = try await channel.outcome()
            let peerCredentials: PeerCredentials
            do {
                peerCredentials = try await credentials(handshake)
            } catch let error as WireError {
                await refuse(messages.channel, handshake, error)
                throw error
            }
            let connection = PeerConnection(
                peer: peer(of: messages.channel), credentials: peerCredentials, start: start, traffic: traffic,
                limits: limits, mayHoldBack: mayHoldBack, channel: messages.channel, gate: channel.gate,
                outbound: outbound)
            let inbox = Inbox(inbound: inbound, connection: connection)
            do {
                try await converse(connection, inbox, body)
                await end(messages.channel, last: connection.last)
            } catch let error as WireError {
                await end(messages.channel, last: .error(ErrorMessage(error)))
                throw error
            } catch  where Task.isCancelled {
                await end(messages.channel, last: farewell)
                throw error
            }
        }
    }

    /// Runs the owner's work, the outbox and the watch until one of them ends.
    private static func converse(
        _ connection: PeerConnection, _ inbox: Inbox,
        _ body: @escaping @Sendable (PeerConnection, Inbox) async throws -> Void
    ) async throws {
        // Before anything that the body writes.
        let beginning: Result<Void, any Error>
        do {
            beginning = .success(try await connection.write(ByteBuffer(bytes: Wire.preface)))
        } catch {
            beginning = .failure(error)
        }
        try await withThrowingTaskGroup(of: Ending.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do {
                    try beginning.get()
                    try await connection.writeOutbox()
                    return .outbox
                } catch {
                    return .cut(error)
                }
            }
            group.addTask { try await connection.watchOver() }
            group.addTask {
                try await body(connection, inbox)
                return .body
            }
            var cut: (any Error)?
            var isBodyOver = false
            while let ending = try await group.next() {
                switch ending {
                case .outbox: return
                case .body:
                    if cut != nil { return }
                    isBodyOver = true
                    connection.close()  // What it sent last still has to leave.
                case .cut(let error):
                    // The owner has done what it wanted to; that the peer did not wait for its last words changes nothing.
                    guard !isBodyOver else { return }
                    // A peer that closes may have said why, and the owner has yet to read it.
                    cut = error
                    group.addTask {
                        try await Task.sleep(for: .nanoseconds(lastWords.nanoseconds))
                        return .silence
                    }
                case .silence: throw cut ?? CancellationError()
                }
            }
        }
    }

    /// Sends the last message, closes this side and waits a moment for the other side to close: closing at once could
    /// reset the connection before the peer has read what it was told.
    private static func end(_ channel: any NIOCore.Channel, last: Message?) async {
        let limit = channel.eventLoop.scheduleTask(in: lastWords) { channel.close(promise: nil) }
        if let last {
            try? await channel.writeAndFlush(last.frame()).get()
        }
        channel.close(mode: .output, promise: nil)
        try? await channel.closeFuture.get()
        limit.cancel()
    }

    /// Tells a peer that never got as far as a connection why, in as far as it understands.
    private static func refuse(_ channel: any NIOCore.Channel, _ handshake: Handshake, _ error: WireError) async {
        switch handshake {
        case .done, .failed(.plainPeer):
            channel.write(ByteBuffer(bytes: Wire.preface), promise: nil)
            await end(channel, last: .error(ErrorMessage(error)))
        case .failed:
            // TLS has said what there was to say.
            channel.close(promise: nil)
        }
    }

    /// The peer's address, for people.
    static func peer(of channel: any NIOCore.Channel) -> String {
        channel.remoteAddress.map(describe) ?? "unknown"
    }

    private static func describe(_ address: SocketAddress) -> String {
        guard let host = address.ipAddress, let port = address.port else { return "\(address)" }
        return Endpoint(host: host, port: port).description
    }
}
