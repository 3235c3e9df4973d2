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
import Synchronization
import TestSupport
import Testing
import Transport
import Wire
import Workers

/// Whole runs over loopback: coordinator and workers as they are, in this process.
struct RunTests {
    static func scenario(cohort: Int, _ more: String = "") -> String {
        """
        rounds: 3
        clients: 6
        cohort: \(cohort)
        model: logistic
        partition: {rule: shards, shards_per_client: 2}
        train: {batch_size: 10, learning_rate: 0.1}
        \(more)
        """
    }

    static let hostings: [[Hello.Hosting]] = [
        [.count(6)],
        [.count(1), .count(2), .count(3)],
        [.clients([ClientID(5), ClientID(0)]), .clients([ClientID(1), ClientID(2), ClientID(3), ClientID(4)])],
        [.share, .share, .share, .share],
    ]

    @Test("The models are the same bits however the clients are hosted")
    func hosting() async throws {
        var all: [[String]] = []
        for hosting in Self.hostings {
            let run = try await NetworkedRun(Self.scenario(cohort: 4))
            let outcome = try await run.run { run in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (index, hosting) in hosting.enumerated() {
                        let worker = try await run.worker(hosting, name: "w\(index)", threads: 1 + index % 2)
                        group.addTask {
                            let farewell = try await worker.run()
                            #expect(farewell.isFinished)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(outcome == .finished)
            all.append(run.digests)
        }
        #expect(all[0].count == 3)
        #expect(Set(all[0]).count == 3)
        for digests in all { #expect(digests == all[0]) }
    }

    @Test("A client that comes back is sent the model before it is invited again, however often")
    func modelAgain() async throws {
        let run = try await NetworkedRun(Self.scenario(cohort: 6))
        let outcome = try await run.run { run in
            async let others = run.worker(.count(5)).run()
            for _ in 0..<40 {
                let hasModel = Mutex(false)
                try await ScriptedWorker(endpoint: run.listener.endpoint, hosting: .count(1)).run {
                    connection, message in
                    switch message {
                    case .welcome(let welcome): ScriptedWorker.answer(welcome, run.context, connection)
                    case .modelHeader: hasModel.withLock { $0 = true }
                    case .invitation:
                        #expect(hasModel.withLock { $0 })
                        throw ScriptedWorker.Done()
                    case .error(let error): Issue.record("\(error)")
                    default: break
                    }
                }
            }
            _ = try await run.worker(.count(1)).run()
            _ = try await others
        }
        #expect(outcome == .finished)
    }

    @Test("A client's failure in the middle of another one's update leaves that update whole")
    func failureWithinAnUpdate() async throws {
        let run = try await NetworkedRun(
            """
            rounds: 1
            clients: 2
            minimum_updates: 1
            model: logistic
            train: {batch_size: 10, learning_rate: 0.1}
            """)
        let outcome = try await run.run { run in
            let context = run.context
            try await ScriptedWorker(endpoint: run.listener.endpoint, hosting: .count(2)).run { connection, message in
                switch message {
                case .welcome(let welcome): ScriptedWorker.answer(welcome, context, connection)
                case .invitation(let invitation):
                    let update = OutgoingUpdate(
                        key: UpdateKey(round: invitation.round, client: ClientID(0), attempt: 1),
                        examples: UInt32(context.partition.count(of: 0)), loss: 0, accuracy: 1, steps: 1,
                        trainMicroseconds: 1, parameters: ParameterVector(zerosFor: context.model.layout),
                        chunkSize: 1 << 10)
                    let failed = TrainingFailed(
                        key: UpdateKey(round: invitation.round, client: ClientID(1), attempt: 1), reason: .diverged,
                        text: "the loss was not finite")
                    for (index, frame) in update.enumerated() {
                        if index == 5 { try await connection.write(Message.trainingFailed(failed).frame()) }
                        try await connection.write(frame)
                    }
                case .receipt(let receipt): #expect(receipt.outcome == .accepted)
                case .goodbye: throw ScriptedWorker.Done()
                case .error(let error): Issue.record("\(error)")
                default: break
                }
            }
        }
        #expect(outcome == .finished)
        let record = try await run.record(round: 1)
        #expect(record.map(\.status) == [.reported, .failed])
    }

    @Test("A run ends with the round that reaches its target; waiting for the evaluation changes no model")
    func target() async throws {
        func run(_ more: String) async throws -> (run: NetworkedRun, outcome: RunOutcome) {
            let run = try await NetworkedRun(Self.scenario(cohort: 4, more))
            return (run, try await run.run { run in _ = try await run.worker(.count(6)).run() })
        }
        let all = try await run("")
        let rounds = try await all.run.store.reader.rounds(of: all.run.identity)
        // The best round of all, or the first as good as it.
        let best = try #require(rounds.compactMap(\.testAccuracy).max())
        let reached = try #require(rounds.firstIndex { $0.testAccuracy == best })
        let early = try await run("target: \(best)")
        #expect(early.outcome == .targetReached(round: UInt32(reached + 1)))
        #expect(early.run.digests == Array(all.run.digests[...reached]))
        let never = try await run("target: 1")
        #expect(never.outcome == .finished)
        #expect(never.run.digests == all.run.digests)
        guard case .finished(let ending) = early.run.progress.last else {
            Issue.record("the end was not told")
            return
        }
        #expect(ending.modelDigest == early.run.digests.last && ending.roundsCommitted == reached + 1)
    }

    @Test("Every round and every client in it stands in the record")
    func record() async throws {
        let run = try await NetworkedRun(Self.scenario(cohort: 4))
        let outcome = try await run.run { run in _ = try await run.worker(.count(6)).run() }
        #expect(outcome == .finished)
        let rounds = try await run.store.reader.rounds(of: run.identity)
        #expect(rounds.map(\.round) == [1, 2, 3])
        #expect(rounds.map(\.modelDigest.description) == run.digests)
        for round in rounds {
            #expect(round.clientsSelected == 4 && round.clientsReported == 4 && round.clientsFailed == 0)
            #expect(round.bytesReceived > 4 * run.context.model.layout.byteCount)
            #expect(round.bytesSent > run.context.model.layout.byteCount)
            let clients = try await run.record(round: round.round)
            #expect(clients.count == 4 && clients.allSatisfy { $0.status == .reported && $0.attempt == 1 })
            #expect(clients.reduce(0) { $0 + ($1.examples ?? 0) } == round.examples)
        }
        let latest = try await run.store.reader.latestModel(of: run.identity)
        #expect(latest.round == 3)
        #expect(try await run.store.reader.run(.latest).run.status == .finished)
    }

    @Test("A worker that is cut off comes back, its clients are invited again, and the model is the calm run's")
    func comesBack() async throws {
        let calm = try await NetworkedRun(Self.scenario(cohort: 6))
        _ = try await calm.run { run in _ = try await run.worker(.count(6)).run() }

        let run = try await NetworkedRun(Self.scenario(cohort: 6))
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let steady = try await run.worker(.clients((0..<5).map { ClientID($0) }), name: "steady")
                group.addTask { _ = try await steady.run() }
                // A worker that says it is ready, takes its invitation and is gone, like a process that is killed.
                let silent = ScriptedWorker(endpoint: run.listener.endpoint, hosting: .clients([ClientID(5)]))
                try await silent.leaveWhenInvited(dataset: run.context)
                let again = try await run.worker(.clients([ClientID(5)]), name: "again")
                group.addTask { _ = try await again.run() }
                try await group.waitForAll()
            }
        }
        #expect(outcome == .finished)
        #expect(run.digests == calm.digests)
        let events = try await run.events()
        #expect(events.contains { $0.kind == "worker_left" })
        #expect(events.contains { $0.kind == "invited_again" && $0.client == ClientID(5) })
    }

    @Test("A worker with other data says so and ends, and another can take its place", .timeLimit(.minutes(1)))
    func otherData() async throws {
        let run = try await NetworkedRun(Self.scenario(cohort: 6))
        let other = try await Dataset.load(DatasetRequest(kind: .digits, drawnExamples: (train: 401, test: 200)))
        let outcome = try await run.run { run in
            let wrong = try await run.worker(.count(6), name: "wrong", dataset: other)
            await #expect { try await wrong.run() } throws: { ($0 as? Problem)?.kind == .data }
            _ = try await run.worker(.count(6), name: "right").run()
        }
        #expect(outcome == .finished)
        #expect(try await run.events().contains { $0.kind == "worker_left" && $0.text.contains("data") })
    }

    @Test("A client that stays away is recorded with its reason, and the run goes on without it")
    func staysAway() async throws {
        let run = try await NetworkedRun(Self.scenario(cohort: 6, "network: {absence_deadline: 200ms}"))
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let steady = try await run.worker(.clients((0..<5).map { ClientID($0) }), name: "steady")
                group.addTask { _ = try await steady.run() }
                let silent = ScriptedWorker(endpoint: run.listener.endpoint, hosting: .clients([ClientID(5)]))
                try await silent.leaveWhenInvited(dataset: run.context)
                try await group.waitForAll()
            }
        }
        #expect(outcome == .finished)
        for round in 1...3 {
            let gone = try #require(try await run.record(round: round).first { $0.client == ClientID(5) })
            #expect(gone.status == .failed && gone.reason == "disconnected")
        }
    }
}
