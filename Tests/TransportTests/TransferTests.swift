import Federation
import Logging
import NIOCore
import Parameters
import Synchronization
import TestSupport
import Testing
import Transport
import Wire

/// What a connection does with transfers.
struct TransferTests {
    /// Of 8 MB, more than a socket holds that nobody reads.
    static let update = OutgoingUpdate(
        key: UpdateKey(round: 1, client: ClientID(0), attempt: 1), examples: 1, loss: 0, accuracy: 1, steps: 1,
        trainMicroseconds: 1,
        parameters: ParameterVector(zerosFor: ParameterLayout([("weight", [1 << 21])])), chunkSize: 1 << 18)

    static let hello = Message.hello(
        Hello(
            maxFramePayload: 1 << 20, workerID: .random(), workerName: "test", software: "test", hosting: .share,
            ownData: false))

    /// What the reader has seen.
    private final class Seen: Sendable {
        /// The peer has been let in: from then on it may send long frames.
        let isGreeted = Mutex(false)
        let hasHeader = Mutex(false)
        let goesOn = Mutex(false)
        let bytes = Mutex<UInt64>(0)
        let last = Mutex<Message?>(nil)
    }

    /// Reads an update, and waits after its header until it is told to go on.
    private static func read(_ connection: PeerConnection, _ inbox: Inbox, _ seen: Seen) async throws {
        for try await message in inbox {
            switch message {
            case .updateHeader:
                seen.hasHeader.withLock { $0 = true }
                try await eventually { seen.goesOn.withLock { $0 } }
            case .updateChunk(let chunk):
                seen.bytes.withLock { $0 += UInt64(chunk.bytes.readableBytes) }
            case .hello:
                connection.endGreeting()
                seen.isGreeted.withLock { $0 = true }
            default:
                seen.last.withLock { $0 = message }
            }
        }
    }

    private func withReader(
        _ security: ListenerSecurity = .plain,
        _ body: @escaping @Sendable (Listener, Seen) async throws -> Void
    ) async throws {
        let listener = try await Listener.bind(
            to: Endpoint(host: "127.0.0.1", port: 0), security: security, readAhead: ReadAhead(0),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let seen = Seen()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await listener.run { connection, inbox in try await Self.read(connection, inbox, seen) }
                return false
            }
            group.addTask {
                try await body(listener, seen)
                return true
            }
            while let isBody = try await group.next() {
                if isBody { return }
            }
        }
    }

    @Test(
        "What follows the header of a transfer waits in the socket until it is asked for, with TLS as without",
        .timeLimit(.minutes(1)), arguments: [false, true])
    func waits(isEncrypted: Bool) async throws {
        let authority = try TestAuthority()
        let connecting = isEncrypted ? try authority.connector() : .plain
        let listening = isEncrypted ? try authority.listener(isMutual: false) : .plain
        try await withReader(listening) { listener, seen in
            try await Connector.withConnection(to: listener.endpoint, security: connecting) { connection, _ in
                connection.send(Self.hello)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await eventually { seen.isGreeted.withLock { $0 } }
                        for frame in Self.update { try await connection.write(frame) }
                        try await connection.drain()
                    }
                    try await eventually { seen.hasHeader.withLock { $0 } && connection.traffic.sent > 1 << 19 }
                    try await Task.sleep(for: .milliseconds(50))
                    // What came with the header, in a read or two.
                    #expect(listener.traffic.received < 1 << 17)
                    #expect(seen.bytes.withLock { $0 } == 0)
                    seen.goesOn.withLock { $0 = true }
                    try await group.waitForAll()
                }
                try await eventually { seen.bytes.withLock { $0 } == Self.update.header.byteCount }
            }
        }
    }

    @Test("What a peer sent before it left comes through, also when nobody had asked for it", .timeLimit(.minutes(1)))
    func leaves() async throws {
        try await withReader { listener, seen in
            try await Connector.withConnection(to: listener.endpoint) { connection, _ in
                connection.send(Self.hello)
                try await eventually { seen.isGreeted.withLock { $0 } }
                var frames = Array(Self.update.prefix(2))
                frames.append(Message.updateHeader(Self.update.header).frame())
                connection.send(frames)
                connection.close(last: .goodbye(Goodbye(reason: .workerLeaving, text: "bye")))
            }
            seen.goesOn.withLock { $0 = true }
            try await eventually { seen.last.withLock { $0 != nil } }
            #expect(seen.bytes.withLock { $0 } == 1 << 18)
            #expect(seen.last.withLock { $0 } == .goodbye(Goodbye(reason: .workerLeaving, text: "bye")))
        }
    }

    @Test("Waiting for the socket to take what was written ends with the task", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        try await withReader { listener, seen in
            try await Connector.withConnection(to: listener.endpoint) { connection, _ in
                connection.send(Self.hello)
                try await eventually { seen.isGreeted.withLock { $0 } }
                for frame in Self.update.prefix(4) { try await connection.write(frame) }
                try await eventually { seen.hasHeader.withLock { $0 } }
                let waiting = Task {
                    for frame in Self.update { try await connection.write(frame) }
                    try await connection.drain()
                }
                try await Task.sleep(for: .milliseconds(20))
                waiting.cancel()
                await #expect(throws: CancellationError.self) { try await waiting.value }
            }
            seen.goesOn.withLock { $0 = true }
        }
    }
}
