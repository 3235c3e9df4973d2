import Diagnostics
import Federation
import Foundation
import Learning
import Parameters
import RunStore
import Runs
import Simulation
import Synchronization
import TestSupport
import Testing

@Suite struct InProcessRunTests {
    @Test("The models are the same bits with any number of threads")
    func threads() async throws {
        var all: [[String]] = []
        for threads in [1, 2, 5] {
            let run = try await SimulatedRun()
            #expect(try await run.run(threads: threads) == .finished)
            all.append(run.digests)
        }
        #expect(all[0].count == 4 && Set(all[0]).count == 4)
        #expect(all[1] == all[0] && all[2] == all[0])
    }

    @Test("The times in the record are the run's clock's, and no other's")
    func clock() async throws {
        let moment = Date(timeIntervalSince1970: 1_000_000_000)
        let readings = Atomic<Int>(0)
        // An hour goes by each time that somebody looks.
        let clock = RunClock(
            now: {
                let reading = readings.add(1, ordering: .relaxed).newValue
                return ContinuousClock.Instant.now.advanced(by: .seconds(3600 * reading))
            }, date: { moment })
        let run = try await SimulatedRun()
        try await run.run(clock: clock)
        let summary = try await run.reader.run(.latest)
        #expect(summary.run.startedAt == moment && summary.run.finishedAt == moment)
        let rounds = try await run.reader.rounds(of: summary.run.identity)
        #expect(rounds.count == 4)
        for round in rounds {
            #expect(round.startedAt == moment && round.committedAt == moment)
            for seconds in [
                round.selectSeconds, round.collectSeconds, round.aggregateSeconds, round.evaluateSeconds,
            ] { #expect(seconds >= 3600) }
        }
        #expect(try await run.reader.events(of: summary.run.identity).allSatisfy { $0.at == moment })
    }

    @Test("The record has every round, every client and where it ran")
    func record() async throws {
        let run = try await SimulatedRun()
        try await run.run()
        let reader = try run.reader
        let summary = try await reader.run(.latest)
        #expect(summary.run.status == .finished && summary.roundsCommitted == 4)
        #expect(summary.run.details.transport == .inProcess && summary.run.details.branch == nil)
        let size = Int64(run.context.model.layout.byteCount)
        for round in try await reader.rounds(of: summary.run.identity) {
            #expect(round.clientsReported == 4 && round.clientsFailed == 0)
            #expect(round.bytesSent == 4 * size && round.bytesReceived == 4 * size)
            let clients = try await reader.clientRounds(of: summary.run.identity, round: round.round)
            #expect(clients.count == 4)
            #expect(clients.allSatisfy { $0.status == .reported && $0.attempt == 1 && $0.updateDigest != nil })
            #expect(round.examples == clients.reduce(0) { $0 + ($1.examples ?? 0) })
        }
        #expect(run.progress.contains(.joined(clients: 5, of: 5)))
        #expect(try await reader.storage(of: summary.run.identity).updates == 0)
    }

    @Test("A stop ends it in good order; what is committed stays, and nothing is left of the round that was given up")
    func stop() async throws {
        let run = try await SimulatedRun(rounds: 100_000, "keep_updates: true")
        let outcome = try await run.run(until: { run in
            try await eventually { run.digests.count >= 3 }
        })
        #expect(outcome == .stopped)
        let summary = try await run.reader.run(.latest)
        #expect(summary.run.status == .stopped && summary.roundsCommitted == run.digests.count)
        #expect(try await run.reader.storage(of: summary.run.identity).updates == 4 * summary.roundsCommitted)
    }

    @Test("A target that does not stop it changes nothing but what is said of it")
    func targetThatDoesNotStop() async throws {
        let run = try await SimulatedRun(rounds: 6, "target: {accuracy: 0.1, stop: false}")
        let plain = try await SimulatedRun(rounds: 6)
        #expect(try await run.run() == .finished)
        #expect(try await plain.run() == .finished)
        #expect(run.digests == plain.digests && run.digests.count == 6)
    }

    @Test("A target ends it with the round that reaches it")
    func target() async throws {
        let run = try await SimulatedRun(rounds: 50, "target: 0.5")
        guard case .targetReached(let round) = try await run.run() else {
            Issue.record("the target was not reached")
            return
        }
        let rounds = try await run.reader.rounds(of: try await run.reader.run(.latest).run.identity)
        #expect(rounds.count == Int(round))
        #expect(rounds.map { $0.testAccuracy >= 0.5 } == Array(repeating: false, count: rounds.count - 1) + [true])
    }

    @Test("Clients that diverge are told and recorded, and too few updates end the run")
    func diverged() async throws {
        let run = try await SimulatedRun(model: "mlp-2nn", learningRate: 100)
        let outcome = try await run.run()
        guard case .tooFewUpdates(let closure, minimum: 2) = outcome else {
            Issue.record("the run did not fail")
            return
        }
        let reported = closure.reported.count
        #expect(closure.round == 1 && reported < 2)
        let summary = try await run.reader.run(.latest)
        let problem = try #require(outcome.problem(summary.run.identity, database: run.database))
        #expect(problem.what.contains("diverged") && problem.remedy?.contains("train.learning_rate") == true)
        // One line for each reason, and one for all.
        let incidents = run.progress.count { if case .incident = $0 { true } else { false } }
        #expect(incidents <= closure.failures.count + 1)
        #expect(summary.run.status == .failed && summary.roundsCommitted == 0)
        let events = try await run.reader.events(of: summary.run.identity)
        // A large but finite update is refused instead.
        let kinds = ["update_diverged", "update_rejected"]
        #expect(events.count { kinds.contains($0.kind) && $0.round == 1 && $0.client != nil } == 4 - reported)
        #expect(events.contains { $0.kind == "update_diverged" })
        #expect(events.contains { $0.kind == "round_abandoned" })
        #expect(run.progress.contains { if case .incident(let text) = $0 { text.contains("diverged") } else { false } })
    }

    @Test("A record that cannot be written ends the run with what is wrong")
    func fullRecord() async throws {
        let run = try await SimulatedRun(rounds: 100_000)
        await #expect(throws: Problem.self) {
            try await run.run(until: { run in
                try await eventually { run.digests.count >= 2 }
                try run.tamper("DROP TABLE client_rounds")
                try await Task.sleep(for: .seconds(60))
            })
        }
        #expect(run.digests.count >= 2)
    }

    @Test("Updates that are kept are those whose digests the rounds have")
    func keptUpdates() async throws {
        let run = try await SimulatedRun("keep_updates: true")
        try await run.run()
        let reader = try run.reader
        let identity = try await reader.run(.latest).run.identity
        let storage = try await reader.storage(of: identity)
        #expect(storage.updates == 16 && storage.updateBytes == Int64(16 * run.context.model.layout.byteCount))
        for round in 1...4 {
            for client in try await reader.clientRounds(of: identity, round: round) {
                let update = try await reader.update(
                    of: identity, round: round, client: client.client,
                    layout: PartsLayout(run.context.model.layout, vectors: ["parameters"]))
                #expect(update?.digest == client.updateDigest)
            }
        }
    }

    @Test(
        "So many models are kept as the scenario says, and the best",
        arguments: [("0", [0, 6]), ("2", [0, 3, 6]), ("all", [0, 1, 2, 3, 4, 5, 6])])
    func keptModels(setting: String, kept: [Int]) async throws {
        let run = try await SimulatedRun(rounds: 6, "keep_models: \(setting)")
        try await run.run()
        let reader = try run.reader
        let identity = try await reader.run(.latest).run.identity
        let best = try #require(try await reader.rounds(of: identity).reversed().max { $0.score < $1.score }).round
        #expect(try await reader.keptModels(of: identity) == Set(kept + [best]).sorted())
    }
}
