import Client
import Coordinator
import Datasets
import Federation
import Foundation
import Learning
import NIOCore
import Parameters
import RunStore
import Runs
import TestSupport
import Testing
import Transport
import Wire
import Workers

/// A hostile peer that goes through all that can be said: every message in every state, and a session cut and damaged at
/// every byte. The honest run beside it is what it is without it.
@Suite struct HostileSessionsTests {
    /// How far a connection has come when the message is sent.
    enum Stage: CaseIterable {
        case connected, greeted, ready, sending
    }

    private static let victim = ClientID(5)

    /// A message of each type, as a well-behaved peer of either side might send it: what the fuzzers begin with.
    private static func messages() throws -> [Message] {
        let folder = Repository.path("Tests/Fuzz/corpus/message")
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap { name in
            let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
            guard let type = bytes.first.flatMap(MessageType.init) else { return nil }
            var payload = ByteBuffer(bytes: bytes.dropFirst())
            return try? Message.decode(type: type, payload: &payload)
        }
    }

    @Test(
        "Every message in every state is answered, passed over, or the end of its own connection",
        .timeLimit(.minutes(3)))
    func everyMessage() async throws {
        let messages = try Self.messages()
        #expect(Set(messages.map(\.type)) == Set(MessageType.allCases))
        let run = try await NetworkedRun(
            HostileRunTests.scenario(rounds: 100_000), settings: HostilePeerTests.settings)
        let played = Noted(0)
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let honest = try await run.worker(.clients((0..<5).map { ClientID($0) }))
                group.addTask { _ = try await honest.run() }
                for stage in Stage.allCases {
                    for message in messages {
                        try await Self.play(message, at: stage, run)
                        played.withLock { $0 += 1 }
                    }
                }
                try await eventually { run.digests.count > 1 }
                await run.coordinator.stop()
                try await group.waitForAll()
            }
        }
        #expect(outcome == .stopped && played.withLock { $0 } == 4 * messages.count)
        let rounds = run.digests.count
        #expect(rounds > 0)
        #expect(run.digests == (try await HostileRunTests.digestsWithoutTheLast(rounds: rounds)))
        let events = try await run.events().filter { ["refused", "worker_left"].contains($0.kind) }
        #expect(events.allSatisfy { $0.peer != nil && !$0.text.isEmpty })
        print("\(messages.count) messages in 4 states, \(rounds) rounds, all digests equal")
    }

    /// Brings a connection to a stage, sends the message, and takes its leave; returns when the coordinator has ended the
    /// connection.
    private static func play(_ message: Message, at stage: Stage, _ run: NetworkedRun) async throws {
        if stage == .connected {
            // The first message settles it.
            let bytes = Wire.preface + message.frame().readableBytesView
            _ = try await RawPeer.exchange(with: run.listener.endpoint, bytes, thenCloses: true)
            return
        }
        let isThere = Noted(false)
        // The coordinator may have yet to see that the last connection is gone.
        while !isThere.withLock({ $0 }) {
            let script = ScriptedWorker(
                endpoint: run.listener.endpoint, hosting: .clients([victim]), capabilities: .known)
            try await withDeadline("\(message.type), \(stage)") {
                try await script.run { connection, received in
                    switch received {
                    case .welcome(let welcome) where stage != .greeted:
                        ScriptedWorker.answer(welcome, run.context, connection)
                    case .welcome where stage == .greeted, .invitation:
                        if stage == .sending, case .invitation(let invitation) = received {
                            try await beginUpdate(invitation, run, connection)
                        }
                        guard
                            !isThere.withLock({ isThere in
                                defer { isThere = true }
                                return isThere
                            })
                        else { return }
                        try await connection.write(message.frame())
                        let goodbye = Goodbye(reason: .workerLeaving, text: "that was all")
                        try await connection.write(Message.goodbye(goodbye).frame())
                    case .error: throw ScriptedWorker.Done()
                    default: break
                    }
                }
            }
        }
    }

    /// Sends the first half of an update that nothing is wrong with.
    private static func beginUpdate(
        _ invitation: Invitation, _ run: NetworkedRun, _ connection: PeerConnection
    ) async throws {
        guard let item = invitation.clients.first else { return }
        let layout = run.context.model.layout
        let update = OutgoingUpdate(
            key: UpdateKey(round: invitation.round, client: item.client, attempt: item.attempt),
            examples: UInt32(run.context.partition.count(of: Int(victim.rawValue))), loss: 0.1, accuracy: 1, steps: 1,
            trainMicroseconds: 1, parameters: ParameterVector(zerosFor: layout), chunkSize: layout.byteCount / 2)
        for frame in Array(update).prefix(2) { try await connection.write(frame) }
    }

    /// Runs `body`; a connection that is reset is an end like another.
    private static func withDeadline(
        _ what: String, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await body()
                } catch is WireError {
                } catch is IOError {
                } catch is ChannelError {
                }
            }
            group.addTask {
                try await Task.sleep(for: .seconds(20))
                Issue.record("\(what): neither answered nor ended")
                throw DeadlinePassed()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    @Test(
        "A session cut at every byte, and with every byte damaged, with its checksums wrong or right, costs nobody else anything",
        .timeLimit(.minutes(3)))
    func everyByte() async throws {
        let run = try await NetworkedRun(
            HostileRunTests.scenario(rounds: 100_000), settings: HostilePeerTests.settings)
        let sessions = Self.damagedSessions(run.context)
        let ended = Noted(0)
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let honest = try await run.worker(.clients((0..<5).map { ClientID($0) }))
                group.addTask { _ = try await honest.run() }
                // One after the other, since they want the same client.
                for bytes in sessions {
                    _ = try? await RawPeer.exchange(with: run.listener.endpoint, bytes, thenCloses: true)
                    ended.withLock { $0 += 1 }
                }
                try await eventually { run.digests.count > 1 }
                await run.coordinator.stop()
                try await group.waitForAll()
            }
        }
        #expect(outcome == .stopped && ended.withLock { $0 } == sessions.count)
        let rounds = run.digests.count
        #expect(rounds > 0)
        #expect(run.digests == (try await HostileRunTests.digestsWithoutTheLast(rounds: rounds)))
        print("\(sessions.count) damaged sessions, \(rounds) rounds, all digests equal")
    }

    /// A greeting, `Ready` and the beginning of an update: cut at every byte; with every
    /// byte changed; and with every byte of its payloads changed where the checksum is right again.
    private static func damagedSessions(_ context: RunContext) -> [[UInt8]] {
        let hello = Hello(
            maxFramePayload: 1 << 20, workerID: .random(), workerName: "hostile", software: "test",
            hosting: .clients([victim]), ownData: false)
        let ready = Ready(
            dataDigest: context.dataset.digest, clients: [.init(client: victim, examples: 66)], isLast: true)
        let update = OutgoingUpdate(
            key: UpdateKey(round: 1, client: victim, attempt: 1), examples: 66, loss: 0.1, accuracy: 1, steps: 1,
            trainMicroseconds: 1, parameters: ParameterVector(zerosFor: context.model.layout), chunkSize: 5000)
        let messages: [Message] = [.hello(hello), .ready(ready), .updateHeader(update.header), .ping(Ping(nonce: 7))]
        let frames = messages.map { Array($0.frame().readableBytesView) }
        let whole = Wire.preface + frames.joined()
        var sessions = whole.indices.map { Array(whole.prefix($0)) }
        for index in whole.indices {
            for value in [whole[index] ^ 1, whole[index] ^ 0x80, 0xFF] where value != whole[index] {
                var bytes = whole
                bytes[index] = value
                sessions.append(bytes)
            }
        }
        for (place, message) in messages.enumerated() {
            let payload = frames[place].dropFirst(12)
            for index in payload.indices {
                for value in [payload[index] &+ 1, 0, 0xFF] where value != payload[index] {
                    var changed = payload
                    changed[index] = value
                    var frame = ByteBuffer()
                    frame.writeFrame(message.type) { $0.writeBytes(changed) }
                    var all = frames
                    all[place] = Array(frame.readableBytesView)
                    sessions.append(Wire.preface + all.joined())
                }
            }
        }
        return sessions
    }
}
