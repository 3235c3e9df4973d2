import Coordinator
import Federation
import Foundation
import RunStore
import Runs
import Simulation
import TestSupport
import Testing
import Transport
import Wire
import Workers

/// Runs over loopback whose clients do not wait for each other. Who is first depends on the machine; what follows from it does not.
@Suite struct AsynchronousRunTests {
    private static func scenario(_ strategy: String, clients: Int = 6, rounds: Int = 12, _ more: String = "") -> String
    {
        """
        rounds: \(rounds)
        clients: \(clients)
        strategy: \(strategy)
        model: logistic
        partition: {rule: shards, shards_per_client: 2}
        train: {batch_size: 10, learning_rate: 0.1}
        \(more)
        """
    }

    static let strategies = [
        "{name: fedbuff, buffer: 3, concurrency: 4}", "{name: fedasync, concurrency: 5, maximum_staleness: 50}",
    ]

    /// What must hold of a record, whatever came when; the rows of its rounds.
    @discardableResult
    private func check(_ run: NetworkedRun, rounds: Int, buffer: Int) async throws -> [[ClientRoundRecord]] {
        var rows: [[ClientRoundRecord]] = []
        for round in 1...rounds { rows.append(try await run.record(round: round)) }
        var counted: Set<String> = []
        for (index, clients) in rows.enumerated() {
            let reported = clients.filter { $0.status == .reported }
            #expect(reported.count == buffer)
            for row in reported {
                #expect(counted.insert("\(row.client) from \(index + 1 - row.staleness)").inserted)
                #expect(row.staleness <= index)
            }
            for row in clients where row.status == .failed { #expect(row.reason != nil && row.detail != nil) }
        }
        let reader = run.store.reader
        let recorded = try RecordedRun(
            try await reader.run(.latest), in: reader, scenario: run.context.scenario, dataset: run.context.dataset,
            threads: 2)
        let replay = try await Replay(of: recorded).all()
        #expect(replay.differences.isEmpty && replay.rounds == rounds && replay.updates == rounds * buffer)
        return rows
    }

    @Test("A run comes to its end, and a replay follows the order in which updates came", arguments: strategies)
    func calm(strategy: String) async throws {
        let run = try await NetworkedRun(Self.scenario(strategy))
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, count) in [UInt32(2), 4].enumerated() {
                    let worker = try await run.worker(.count(count), name: "w\(index)", threads: 1 + index)
                    group.addTask {
                        let farewell = try await worker.run()
                        #expect(farewell.isFinished)
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(outcome == .finished)
        let rows = try await check(run, rounds: 12, buffer: strategy.contains("fedbuff") ? 3 : 1)
        #expect(rows.joined().contains { $0.staleness > 0 })
        #expect(rows.joined().allSatisfy { $0.status == .reported })
    }

    @Test("Clients keep to their devices, and the slow ones are behind")
    func devices() async throws {
        let run = try await NetworkedRun(
            Self.scenario(
                Self.strategies[0], rounds: 8,
                """
                devices:
                  - {clients: 0, samples_per_second: 200}
                  - {samples_per_second: 4000}
                """))
        #expect(try await run.run { run in _ = try await run.worker(.count(6), threads: 2).run() } == .finished)
        let rows = try await check(run, rounds: 8, buffer: 3)
        let slow = rows.joined().filter { $0.client == ClientID(0) }
        #expect(slow.allSatisfy { $0.staleness > 0 })
        #expect(slow.count < 4)
    }

    @Test("Through networks that break a run goes on, and its record can be replayed", .timeLimit(.minutes(5)))
    func storm() async throws {
        let scenario = Self.scenario(
            "{name: fedbuff, buffer: 5, concurrency: 12, maximum_staleness: 100}", clients: 20, rounds: 30,
            "minimum_updates: 5\nnetwork: {join_deadline: 60s, round_deadline: 60s, absence_deadline: 60s}")
        let run = try await NetworkedRun(scenario, settings: Storm.settings)
        let (outcome, damage) = try await Storm(seed: 3).rage(over: run)
        #expect(outcome == .finished)
        #expect(damage.cuts > 5)
        try await check(run, rounds: 30, buffer: 5)
        let events = try await run.events()
        #expect(events.contains { $0.kind == "invited_again" })
    }

    @Test("A client that stays away is given up, and the others go on")
    func givenUp() async throws {
        let run = try await NetworkedRun(
            Self.scenario(Self.strategies[0], rounds: 10, "network: {absence_deadline: 0s, round_deadline: 20s}"))
        let outcome = try await run.run { run in
            async let others = run.worker(.count(5)).run()
            try await ScriptedWorker(endpoint: run.listener.endpoint, hosting: .count(1)).run { connection, message in
                switch message {
                case .welcome(let welcome): ScriptedWorker.answer(welcome, run.context, connection)
                case .invitation: throw ScriptedWorker.Done()
                default: break
                }
            }
            _ = try await others
        }
        #expect(outcome == .finished)
        let rows = try await check(run, rounds: 10, buffer: 3)
        let lost = rows.joined().filter { $0.status == .failed }
        #expect(lost.count == 1 && lost.first?.reason == "disconnected")
    }
}
