import Client
import Coordinator
import Datasets
import Federation
import Foundation
import Learning
import NIOCore
import Parameters
import Randomness
import RunStore
import Runs
import Scenarios
import Simulation
import TestSupport
import Testing
import Transport
import Wire
import Workers

/// Hostile peers beside honest ones: the honest run's models are what they are without them, and the record names each
/// incident.
@Suite struct HostileRunTests {
    static func scenario(rounds: Int) -> String {
        """
        rounds: \(rounds)
        clients: 6
        minimum_updates: 1
        model: logistic
        train: {batch_size: 10, learning_rate: 0.1}
        network: {absence_deadline: 300ms, round_deadline: 1s}
        """
    }

    /// The digests of the run in which client 5 has no part.
    static func digestsWithoutTheLast(rounds: Int) async throws -> [String] {
        let run = try await NetworkedRun(scenario(rounds: rounds))
        let branch = RunBranch(parent: run.identity.ulid, round: 0, without: [ClientID(5)])
        let told = Noted<[String]>([])
        let threads = TrainingThreads(count: 1, model: run.context.model)
        let ledger = try await RunLedger(
            beginning: run.context, base: RunBase(round: 0, server: run.context.initialServer, branch: branch),
            transport: .inProcess,
            store: run.store, threads: threads,
            watcher: { progress in
                if case .roundCommitted(let round) = progress { told.withLock { $0.append(round.modelDigest) } }
            })
        _ = try await InProcessRun(ledger: ledger, threads: threads).run { try await Task.sleep(for: .seconds(60)) }
        return told.withLock { $0 }
    }

    @Test("A client that sends everything but what it should is no part of any model", .timeLimit(.minutes(3)))
    func everyKind() async throws {
        let rounds = HostileUpdates.allCases.count
        let run = try await NetworkedRun(Self.scenario(rounds: rounds), settings: HostilePeerTests.settings)
        let context = run.context
        let used = Noted<Set<HostileUpdates>>([])
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // It comes back whenever it is thrown out.
                    while !Task.isCancelled {
                        try? await ScriptedWorker(endpoint: run.listener.endpoint, hosting: .clients([ClientID(5)])).run
                        {
                            connection, message in
                            switch message {
                            case .welcome(let welcome): ScriptedWorker.answer(welcome, context, connection)
                            case .invitation(let invitation):
                                guard let item = invitation.clients.first else { return }
                                let kind = HostileUpdates.allCases[Int(invitation.round - 1) % rounds]
                                used.withLock { _ = $0.insert(kind) }
                                let key = UpdateKey(round: invitation.round, client: item.client, attempt: item.attempt)
                                for frame in kind.frames(key, ClientID(2), context) {
                                    try await connection.write(frame)
                                }
                            default: break
                            }
                        }
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
                let farewell = try await run.worker(.clients((0..<5).map { ClientID($0) })).run()
                #expect(farewell.isFinished)
                group.cancelAll()
            }
        }
        #expect(outcome == .finished)
        #expect(run.digests == (try await Self.digestsWithoutTheLast(rounds: rounds)))
        #expect(used.withLock { $0.count } == rounds)
        for round in 1...rounds {
            let row = try #require(try await run.record(round: round).first { $0.client == ClientID(5) })
            #expect(row.status == .failed && row.reason != nil, "round \(round): \(row)")
            let others = try await run.record(round: round).filter { $0.client != ClientID(5) }
            #expect(others.count == 5 && others.allSatisfy { $0.status == .reported }, "round \(round)")
        }
        let events = try await run.events()
        #expect(events.contains { $0.kind == "update_rejected" && $0.client == ClientID(5) && $0.peer != nil })
        #expect(events.contains { $0.kind == "worker_left" && $0.peer != nil })
    }

    @Test(
        "A session that is cut, damaged, repeated or mixed up at any place costs nobody else anything",
        .timeLimit(.minutes(3)))
    func damagedSessions() async throws {
        let isLong = ProcessInfo.processInfo.environment["FED_HOSTILE"] == "all"
        let run = try await NetworkedRun(Self.scenario(rounds: 100_000), settings: HostilePeerTests.settings)
        let sessions = try Self.sessions(run.context)
        let exchanged = Noted(0)
        let outcome = try await run.run { run in
            async let honest = run.worker(.clients((0..<5).map { ClientID($0) })).run()
            async let last = run.worker(.clients([ClientID(5)])).run()
            try await eventually { !run.digests.isEmpty }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        var stream = RandomStream(seed: 11, purpose: .jitter, client: UInt32(lane))
                        for _ in 0..<(isLong ? 2000 : 40) {
                            let bytes = Self.damaged(sessions[stream.below(sessions.count)], &stream)
                            _ = try? await RawPeer.exchange(with: run.listener.endpoint, bytes)
                            exchanged.withLock { $0 += 1 }
                        }
                    }
                }
                try await group.waitForAll()
            }
            await run.coordinator.stop()
            _ = try await (honest, last)
        }
        #expect(outcome == .stopped)
        #expect(exchanged.withLock { $0 } == (isLong ? 16_000 : 320))
        // All rounds have all clients, and the models are those of the calm run.
        let rounds = run.digests.count
        let calm = try await NetworkedRun(Self.scenario(rounds: rounds))
        _ = try await calm.run { run in _ = try await run.worker(.count(6)).run() }
        #expect(run.digests == calm.digests)
        #expect(try await run.refusals() > 100)
        let events = try await run.events()
        #expect(events.filter { $0.kind == "refused" }.allSatisfy { $0.peer != nil && !$0.text.isEmpty })
        print("\(exchanged.withLock { $0 }) damaged sessions, \(rounds) rounds, all digests equal")
    }

    /// What peers might send, in frames.
    private static func sessions(_ context: RunContext) throws -> [[[UInt8]]] {
        let hello = Hello(
            maxFramePayload: 1 << 20, workerID: .random(), workerName: "hostile", software: "test",
            hosting: .clients([ClientID(5)]), ownData: false)
        let ready = Ready(
            dataDigest: context.dataset.digest, clients: [.init(client: ClientID(5), examples: 66)], isLast: true)
        let key = UpdateKey(round: 1, client: ClientID(5), attempt: 1)
        let update = HostileUpdates.wrongDigest.frames(key, ClientID(0), context)
        let ping = Message.ping(Ping(nonce: 7)).frame()
        let frames = [Message.hello(hello).frame(), Message.ready(ready).frame()] + update.prefix(3) + [ping]
        let bytes = frames.map { Array($0.readableBytesView) }
        return [[Wire.preface] + bytes, [Wire.preface] + bytes.shuffled(), [Wire.preface] + bytes + bytes]
    }

    private static func damaged(_ session: [[UInt8]], _ stream: inout RandomStream) -> [UInt8] {
        var frames = session
        switch stream.below(4) {
        case 0: frames.swapAt(1 + stream.below(frames.count - 1), 1 + stream.below(frames.count - 1))
        case 1: frames.insert(frames[stream.below(frames.count)], at: stream.below(frames.count))
        case 2: frames.remove(at: stream.below(frames.count))
        default: break
        }
        var bytes = frames.flatMap { $0 }
        guard !bytes.isEmpty else { return bytes }
        switch stream.below(4) {
        case 0: bytes.removeLast(stream.below(bytes.count))
        case 1: bytes[stream.below(bytes.count)] ^= UInt8(1 << stream.below(8))
        case 2:
            // A length, wherever it is.
            let place = stream.below(max(1, bytes.count - 8))
            for index in place..<min(bytes.count, place + 4 + 4 * stream.below(2)) { bytes[index] = 0xFF }
        default: break
        }
        return bytes
    }

    @Test(
        "Connections that say nothing, or a byte now and then, are let go, and take little memory",
        .timeLimit(.minutes(3)))
    func silentConnections() async throws {
        let wanted = ProcessInfo.processInfo.environment["FED_HOSTILE"] == "all" ? 10_000 : 1000
        let run = try await NetworkedRun(Self.scenario(rounds: 100_000), settings: HostilePeerTests.settings)
        let gone = Noted(0)
        let outcome = try await run.run { run in
            async let honest = run.worker(.count(6)).run()
            try await eventually { !run.digests.isEmpty }
            let before = Self.residentBytes
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<wanted {
                    if number >= 500 { try await group.next() }
                    group.addTask {
                        // Until the coordinator loses its patience.
                        _ = try? await RawPeer.exchange(
                            with: run.listener.endpoint, Array(Wire.preface.prefix(number % 8)))
                        gone.withLock { $0 += 1 }
                    }
                }
                try await group.waitForAll()
            }
            #expect(Self.residentBytes - before < 256 << 20)
            try await eventually { try await run.refusals() >= wanted * 9 / 10 }
            await run.coordinator.stop()
            _ = try await honest
        }
        #expect(outcome == .stopped && gone.withLock { $0 } == wanted)
        #expect(run.digests.count > 1)
        // The record does not grow with them: what is not in it one by one is in it as a number.
        let events = try await run.events()
        #expect(events.count { $0.kind == "refused" } < 150)
        let omitted = try #require(events.last { $0.kind == "not_all_recorded" })
        let number = try #require(omitted.text.firstMatch(of: /refused: (\d+) from 127.0.0.1/)?.1)
        #expect(Int(number) ?? 0 >= wanted * 9 / 10, "\(omitted.text)")
        print("\(wanted) connections that said nothing, \(number) of them in the record by their number")
    }

    private static var residentBytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }

    @Test("A peer that never reads holds nobody up", .timeLimit(.minutes(1)))
    func neverReads() async throws {
        let rounds = 5
        let run = try await NetworkedRun(Self.scenario(rounds: rounds), settings: HostilePeerTests.settings)
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try? await ScriptedWorker(endpoint: run.listener.endpoint, hosting: .clients([ClientID(5)])).run {
                        connection, message in
                        guard case .welcome(let welcome) = message else { return }
                        ScriptedWorker.answer(welcome, run.context, connection)
                        // From here on it takes nothing in.
                        try await Task.sleep(for: .seconds(60))
                    }
                }
                let farewell = try await run.worker(.clients((0..<5).map { ClientID($0) })).run()
                #expect(farewell.isFinished)
                group.cancelAll()
            }
        }
        #expect(outcome == .finished)
        #expect(run.digests == (try await Self.digestsWithoutTheLast(rounds: rounds)))
    }
}
