import Client
import Coordinator
import Datasets
import Diagnostics
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

/// What a bad peer costs: itself its connection, nobody else anything.
struct HostilePeerTests {
    static let scenario = """
        rounds: 2
        clients: 4
        model: logistic
        train: {batch_size: 10, learning_rate: 0.1}
        """

    /// Coordinators that lose patience quickly.
    static var settings: CoordinatorSettings {
        var settings = CoordinatorSettings()
        settings.limits.greetingTimeout = .milliseconds(300)
        settings.limits.heartbeat = .milliseconds(500)
        settings.limits.transferTimeout = .milliseconds(500)
        return settings
    }

    static func calmDigests() async throws -> [String] {
        let calm = try await NetworkedRun(scenario)
        _ = try await calm.run { run in _ = try await run.worker(.count(4)).run() }
        return calm.digests
    }

    @Test(
        "Bytes that are no greeting are answered with an error, and the run goes on",
        arguments: [
            ("a web browser", Array("GET / HTTP/1.1\r\n\r\n".utf8), WireError.Code.badPreface),
            ("a wrong magic", [0x89, 0x46, 0x45, 0x45, 0x0D, 0x0A, 0x1A, 0x0A], .badPreface),
            ("a frame of 4 GB", Wire.preface + [0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0, 0, 0, 0], .frameTooLong),
            ("a wrong checksum", Wire.preface + [1, 0, 0, 0, 0x30, 0, 0, 0, 1, 2, 3, 4, 5], .checksumMismatch),
            ("an unknown type", Wire.preface + [0, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0], .unknownMessageType),
            ("nothing at all", [], .greetingTimeout),
            ("half a preface", [0x89, 0x46], .greetingTimeout),
        ] as [(String, [UInt8], WireError.Code)])
    func garbage(_ name: String, _ bytes: [UInt8], _ code: WireError.Code) async throws {
        let run = try await NetworkedRun(Self.scenario, settings: Self.settings)
        let outcome = try await run.run { run in
            let answer = try await RawPeer.exchange(with: run.listener.endpoint, bytes)
            #expect(try RawPeer.error(in: answer) == code, "\(name)")
            try await eventually { try await run.refusals() == 1 }
            _ = try await run.worker(.count(4)).run()
        }
        #expect(outcome == .finished)
        #expect(run.digests == (try await Self.calmDigests()))
        let refused = try #require(try await run.events().first { $0.kind == "refused" })
        #expect(refused.peer?.hasPrefix("127.0.0.1:") == true && !refused.text.isEmpty)
    }

    @Test("Random bytes never stop a run")
    func noise() async throws {
        let run = try await NetworkedRun(Self.scenario, settings: Self.settings)
        let outcome = try await run.run { run in
            var generator = SystemRandomNumberGenerator()
            for length in [1, 7, 8, 9, 20, 21, 64, 1000, 70_000] {
                let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
                _ = try await RawPeer.exchange(with: run.listener.endpoint, noise)
                _ = try await RawPeer.exchange(with: run.listener.endpoint, Wire.preface + noise)
            }
            _ = try await run.worker(.count(4)).run()
        }
        #expect(outcome == .finished)
        #expect(run.digests == (try await Self.calmDigests()))
    }

    @Test("What a peer says cannot command a terminal, or forge a line of the log")
    func controls() async throws {
        let run = try await NetworkedRun(Self.scenario, settings: Self.settings)
        _ = try await run.run { run in
            let goodbye = Message.goodbye(Goodbye(reason: .workerLeaving, text: "gone#[2J#round 9: accuracy 100 %"))
            var payload = ByteBuffer()
            goodbye.encoded(into: &payload)
            for (index, byte) in payload.readableBytesView.enumerated() where byte == 0x23 {
                payload.setInteger(index % 2 == 0 ? 0x1B : 0x0A as UInt8, at: index)
            }
            let bytes = payload
            try await ScriptedWorker(endpoint: run.listener.endpoint, hosting: .clients([ClientID(3)])).run {
                connection, message in
                switch message {
                case .welcome:
                    var frame = ByteBuffer()
                    frame.writeFrame(.goodbye) { $0.writeImmutableBuffer(bytes) }
                    try await connection.write(frame)
                case .error(let error):
                    #expect(error.knownCode == .invalidValue && error.text.contains("control characters"))
                    throw ScriptedWorker.Done()
                default: break
                }
            }
            try await eventually { try await run.events().contains { $0.kind == "worker_left" } }
            await run.coordinator.stop()
        }
        let told = run.progress.compactMap { if case .incident(let text) = $0 { text } else { nil } }
        #expect(told.contains { $0.contains("control characters") } && !told.contains(where: \.hasControls))
        #expect(try await !run.events().contains { $0.text.hasControls })
    }

    @Test("A worker cannot speak for another's client, or send what cannot be aggregated")
    func badUpdates() async throws {
        let run = try await NetworkedRun(
            Self.scenario + "\nminimum_updates: 1\nnetwork: {absence_deadline: 200ms}", settings: Self.settings)
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let honest = try await run.worker(.clients((0..<3).map { ClientID($0) }), name: "honest")
                group.addTask { _ = try await honest.run() }
                let context = run.context
                try await ScriptedWorker(endpoint: run.listener.endpoint, hosting: .clients([ClientID(3)])).run {
                    connection, message in
                    switch message {
                    case .welcome(let welcome): ScriptedWorker.answer(welcome, context, connection)
                    case .invitation(let invitation):
                        let poison = ParameterVector(
                            layout: context.model.layout,
                            values: [Float](repeating: .nan, count: context.model.layout.count))
                        let update = OutgoingUpdate(
                            key: UpdateKey(round: invitation.round, client: ClientID(3), attempt: 1),
                            examples: UInt32(context.partition.count(of: 3)), loss: 0, accuracy: 1, steps: 1,
                            trainMicroseconds: 1, parameters: poison, chunkSize: 1 << 16)
                        // Another round may have begun when the theft is answered: what was said is to be read all the same.
                        connection.send(Array(update))
                    case .receipt(let receipt):
                        #expect(receipt.outcome == .rejected && receipt.text.contains("finite"))
                        // And now in another's name.
                        let theft = TrainingFailed(
                            key: UpdateKey(round: 1, client: ClientID(0), attempt: 1), reason: .noData, text: "")
                        connection.send(.trainingFailed(theft))
                    case .error(let error):
                        #expect(error.knownCode == .clientUnavailable)
                        throw ScriptedWorker.Done()
                    default: break
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(outcome == .finished)
        let first = try await run.record(round: 1)
        #expect(first.map(\.status) == [.reported, .reported, .reported, .failed])
        #expect(first.last?.reason == "rejected")
        #expect(try await run.record(round: 2).last?.status == .failed)
    }

    @Test("A transfer that stands still ends the connection, and the round waits no longer than it has to")
    func stalledTransfer() async throws {
        let run = try await NetworkedRun(
            Self.scenario + "\nminimum_updates: 1\nnetwork: {absence_deadline: 100ms}", settings: Self.settings)
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let honest = try await run.worker(.clients((0..<3).map { ClientID($0) }), name: "honest")
                group.addTask { _ = try await honest.run() }
                let context = run.context
                try await ScriptedWorker(endpoint: run.listener.endpoint, hosting: .clients([ClientID(3)])).run {
                    connection, message in
                    switch message {
                    case .welcome(let welcome): ScriptedWorker.answer(welcome, context, connection)
                    case .invitation(let invitation):
                        let update = OutgoingUpdate(
                            key: UpdateKey(round: invitation.round, client: ClientID(3), attempt: 1),
                            examples: UInt32(context.partition.count(of: 3)), loss: 0, accuracy: 1, steps: 1,
                            trainMicroseconds: 1, parameters: ParameterVector(zerosFor: context.model.layout),
                            chunkSize: 1 << 10)
                        // The header and one chunk, and no more.
                        for frame in update.prefix(2) { try await connection.write(frame) }
                    case .error(let error):
                        #expect(error.knownCode == .transferStalled)
                        throw ScriptedWorker.Done()
                    default: break
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(outcome == .finished)
        #expect(try await run.record(round: 1).last?.reason == "disconnected")
        #expect(try await run.events().contains { $0.kind == "worker_left" && $0.text.contains("has not moved") })
    }

    @Test("Clients that do not come in time end the run with its reason")
    func nobodyComes() async throws {
        let run = try await NetworkedRun(Self.scenario + "\nnetwork: {join_deadline: 200ms}")
        let outcome = try await run.run { _ in }
        #expect(outcome == .tooFewClients(joined: 0, needed: 4))
        let summary = try await run.store.reader.run(.latest)
        #expect(summary.run.status == .failed && summary.run.message?.contains("0 of 4") == true)
    }

    @Test("Fewer updates than the minimum end the run, and say which clients were missing")
    func tooFew() async throws {
        let run = try await NetworkedRun(
            Self.scenario + "\nminimum_updates: 4\nnetwork: {absence_deadline: 100ms}", settings: Self.settings)
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let honest = try await run.worker(.clients((0..<3).map { ClientID($0) }), name: "honest")
                group.addTask {
                    let farewell = try await honest.run()
                    #expect(!farewell.isFinished)
                }
                try await ScriptedWorker(endpoint: run.listener.endpoint, hosting: .clients([ClientID(3)]))
                    .leaveWhenInvited(dataset: run.context)
                try await group.waitForAll()
            }
        }
        guard case .tooFewUpdates(let closure, minimum: 4) = outcome else {
            Issue.record("the run did not fail")
            return
        }
        #expect(closure.round == 1 && closure.reported.count == 3)
        #expect(try await run.events().contains { $0.kind == "abandoned" && $0.client == ClientID(3) })
    }
}
