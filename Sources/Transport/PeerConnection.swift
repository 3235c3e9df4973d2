public import NIOCore
internal import Synchronization
public import Wire

/// One connection to a peer: what the owner sends goes through it, and it watches over the peer's life.
///
/// ``send(_:)-(Message)`` never waits, so that one slow peer cannot hold up a coordinator that speaks to many; the
/// outbox is bounded, and a peer that lets it fill is given up. ``write(_:)`` waits until the frame has been taken, for
/// an owner with much to send and one peer.
public final class PeerConnection: Sendable {
    /// A sending that a connection holds back until the peer has read what came before.
    private enum Outgoing: Sendable {
        case frames([ByteBuffer])
        /// The last message, if there is one, then the end.
        case end(Message?)
    }

    private struct Watch {
        var lastHeard: ContinuousClock.Instant
        var isListening = true
        var pendingWrites = 0
        var lastWriteMoved: ContinuousClock.Instant
        var due: [Expectation: (at: ContinuousClock.Instant, within: Duration)] = [:]
        var isOverfull = false
        let mayHoldBack: Bool
        var failure: WireError?
        var last: Message?
        var limits: WireLimits
    }

    /// How many sendings may wait; the model and its invitation are two of them, whatever their size.
    static let outboxCapacity = 256

    /// The peer's address.
    public let peer: String
    /// What the handshake has shown about it.
    public let credentials: PeerCredentials
    /// When the connection was made or accepted, before its handshake.
    public let start: ContinuousClock.Instant
    public let traffic: Traffic
    private let outbox: AsyncStream<Outgoing>
    private let outboxEntry: AsyncStream<Outgoing>.Continuation
    private let channel: any Channel
    private let gate: TransferGate
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let watch: Mutex<Watch>

    /// - Parameter mayHoldBack: whether the peer may leave off reading for as long as it likes, as a coordinator does
    ///   with workers whose updates have to wait.
    init(
        peer: String, credentials: PeerCredentials, start: ContinuousClock.Instant, traffic: Traffic,
        limits: WireLimits, mayHoldBack: Bool, channel: any Channel, gate: TransferGate,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.peer = peer
        self.credentials = credentials
        self.start = start
        self.traffic = traffic
        self.channel = channel
        self.gate = gate
        self.outbound = outbound
        (outbox, outboxEntry) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.outboxCapacity))
        let now = ContinuousClock.now
        watch = Mutex(Watch(lastHeard: now, lastWriteMoved: now, mayHoldBack: mayHoldBack, limits: limits))
    }

    // MARK: For the owner

    /// Sends the message after all that was sent before.
    public func send(_ message: Message) {
        send([message.frame()])
    }

    /// Sends frames that are made already, after all that was sent before.
    public func send(_ frames: [ByteBuffer]) {
        enqueue(.frames(frames))
    }

    /// Ends the connection when all that was sent before has left, with `last` as the last message.
    public func close(last: Message? = nil) {
        enqueue(.end(last))
    }

    /// Writes one frame, and returns when the connection has taken it.
    public func write(_ frame: ByteBuffer) async throws {
        try await watchingWrite { try await outbound.write(frame) }
    }

    /// Returns when the socket has taken all that was written before, so that none of it is in this process's memory.
    public func drain() async throws {
        try await watchingWrite {
            // A stream, since waiting for a future does not end when the task is cancelled.
            let (written, entry) = AsyncThrowingStream.makeStream(of: Never.self)
            // Writes are carried out in their order, one of nothing too.
            channel.writeAndFlush(ByteBuffer()).whenComplete { result in
                switch result {
                case .success: entry.finish()
                case .failure(let error): entry.finish(throwing: error)
                }
            }
            for try await _ in written {}
            try Task.checkCancellation()
        }
    }

    private func watchingWrite(_ body: () async throws -> Void) async throws {
        watch.withLock { watch in
            if watch.pendingWrites == 0 { watch.lastWriteMoved = .now }
            watch.pendingWrites += 1
        }
        defer {
            watch.withLock { watch in
                watch.pendingWrites -= 1
                watch.lastWriteMoved = .now
            }
        }
        try await body()
    }

    /// The peer has to do this within the time, or the connection ends.
    ///
    /// - Parameter start: when the time began.
    public func expect(
        _ what: Expectation, within duration: Duration, since start: ContinuousClock.Instant = .now
    ) {
        watch.withLock { $0.due[what] = (start + duration, duration) }
    }

    /// The peer has been let in: from now on it may send long frames.
    public func endGreeting() {
        channel.triggerUserOutboundEvent(FrameHandler.GreetingOver(), promise: nil)
    }

    /// The peer has done it.
    public func met(_ what: Expectation) {
        watch.withLock { _ = $0.due.removeValue(forKey: what) }
    }

    /// The limits that hold for this connection: the owner's, and what the two sides agreed on.
    public var limits: WireLimits {
        get { watch.withLock { $0.limits } }
        set { watch.withLock { $0.limits = newValue } }
    }

    /// Why the connection was given up, if it was the watch that did it.
    public var failure: WireError? { watch.withLock { $0.failure } }

    /// Runs `body`, during which the owner does not read and the peer's silence therefore means nothing.
    public func withoutListening<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        watch.withLock { $0.isListening = false }
        defer {
            watch.withLock { watch in
                watch.isListening = true
                watch.lastHeard = .now
            }
        }
        return try await body()
    }

    // MARK: For the connection's tasks

    /// Reads what follows the header of a transfer.
    func readOn() {
        if gate.open() { channel.triggerUserOutboundEvent(FrameHandler.ReadOn(), promise: nil) }
    }

    /// Something came from the peer.
    func heard() {
        watch.withLock { $0.lastHeard = .now }
    }

    /// The message that the owner ended the connection with.
    var last: Message? { watch.withLock { $0.last } }

    /// Writes what is in the outbox, in its order, until it is the last message's turn.
    func writeOutbox() async throws {
        for await outgoing in outbox {
            switch outgoing {
            case .frames(let frames):
                for frame in frames { try await write(frame) }
            case .end(let last):
                watch.withLock { $0.last = last }
                return
            }
        }
    }

    /// Sends pings; throws a ``WireError`` when the peer is late with anything.
    func watchOver() async throws -> Never {
        var lastPing = ContinuousClock.now
        while true {
            let heartbeat = limits.heartbeat
            try await Task.sleep(for: min(heartbeat, .seconds(1)))
            let now = ContinuousClock.now
            try watch.withLock { watch throws(WireError) in
                do throws(WireError) {
                    try Self.check(watch, now)
                } catch {
                    watch.failure = error
                    throw error
                }
            }
            if now - lastPing >= heartbeat {
                lastPing = now
                send(.ping(Ping(nonce: 0)))
            }
        }
    }

    private static func check(_ watch: Watch, _ now: ContinuousClock.Instant) throws(WireError) {
        let limits = watch.limits
        if watch.isOverfull {
            throw WireError(.transferStalled, "more than \(outboxCapacity) messages wait for the peer to read them")
        }
        if watch.isListening, now - watch.lastHeard > limits.silenceTimeout {
            throw WireError(.peerSilent, "nothing was heard for \(limits.silenceTimeout)")
        }
        if !watch.mayHoldBack, watch.pendingWrites > 0, now - watch.lastWriteMoved > limits.transferTimeout {
            throw WireError(.transferStalled, "the peer has not read for \(limits.transferTimeout)")
        }
        for (expectation, due) in watch.due where now > due.at {
            throw expectation.overdue(after: due.within)
        }
    }

    private func enqueue(_ outgoing: Outgoing) {
        if case .dropped = outboxEntry.yield(outgoing) {
            watch.withLock { $0.isOverfull = true }
        }
    }
}
