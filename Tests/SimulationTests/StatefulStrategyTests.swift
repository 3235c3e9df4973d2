import Diagnostics
import Federation
import Foundation
import Parameters
import RunStore
import Runs
import Scenarios
import Settings
import Simulation
import TestSupport
import Testing

/// Methods whose servers and clients remember something keep what plain averaging keeps: they resume, replay and are
/// verified, to one digest.
@Suite struct StatefulStrategyTests {
    /// All that go with the scenario's training and its rounds, but for those of ``PersonalisationTests``.
    static let strategies = Strategies.all.filter {
        let strategy = StrategyChoice($0).make()
        return $0.name != "fedsgd" && !strategy.parts.hasPersonalModel && strategy.asynchrony == nil
    }.map { $0.name }

    /// With settings that so few clients allow.
    private func keys(_ strategy: String) -> String {
        Strategies.named(strategy)?.settings.contains { $0.name == "f" } == true
            ? "strategy: {name: \(strategy), f: 0}\nminimum_updates: 4" : "strategy: \(strategy)"
    }

    @Test("A run agrees with itself, whole, in part and client by client", arguments: strategies)
    func replay(strategy: String) async throws {
        let run = try await SimulatedRun(keys(strategy))
        try await run.run()
        let recorded = try await run.recorded()
        let replay = Replay(of: recorded)
        let all = try await replay.all()
        #expect(all.agrees && all.rounds == 4 && all.updates == 16 && all.differences.isEmpty)
        #expect(try await replay.rounds([2, 4]).agrees)
        let client = try #require(try await recorded.round(3).clients.last).client
        #expect(try await replay.update(of: client, round: 3).agrees)
        let row = try await recorded.round(4).row
        #expect((row.stateDigest != nil) == run.context.strategy.parts.hasServerState)
        #expect(recorded.summary.modelDigest == row.stateDigest ?? row.modelDigest)
    }

    @Test(
        "Stopped and gone on with, a run comes to the same end",
        arguments: ["fedavgm", "fedadam", "scaffold", "feddyn", "multi-krum", "centered-clipping", "foolsgold"])
    func resumed(strategy: String) async throws {
        let keys = keys(strategy)
        let whole = try await SimulatedRun(rounds: 6, keys)
        try await whole.run()
        let parted = try await SimulatedRun(rounds: 6, keys)
        try await parted.run(rounds: 2)
        let first = try await parted.recorded().summary
        #expect(first.roundsCommitted < 6)
        #expect(try await parted.resume() == .finished)
        let recorded = try await parted.recorded()
        #expect(recorded.summary.roundsCommitted == 6)
        #expect(recorded.summary.modelDigest == (try await whole.recorded().summary.modelDigest))
        #expect(try await Replay(of: recorded).all().agrees)
    }

    @Test("Partial work is done again as it was done")
    func partialWork() async throws {
        let run = try await SimulatedRun("strategy: fednova", training: "local_epochs: 3, partial_work: 0.7")
        try await run.run()
        let recorded = try await run.recorded()
        #expect(try await Replay(of: recorded).all().agrees)
        var steps: Set<Int64> = []
        for round in 1...4 { steps.formUnion(try await recorded.round(round).clients.compactMap(\.steps)) }
        #expect(steps.count > 1)
    }

    @Test("Stragglers that are dropped do not train, and the record says why")
    func stragglers() async throws {
        let run = try await SimulatedRun(
            "minimum_updates: 1",
            training: "local_epochs: 3, partial_work: 0.5, partial_work_draw: cohort, partial_updates: dropped")
        try await run.run()
        let recorded = try await run.recorded()
        let counted = try await SimulatedRun(training: "local_epochs: 3")
        try await counted.run()
        for number in 1...4 {
            let round = try await recorded.round(number)
            #expect(round.clients.count == 4 && round.row.clientsReported == 2 && round.row.clientsFailed == 2)
            let failed = round.clients.filter { $0.status == .failed }
            #expect(failed.allSatisfy { $0.reason == "straggler" && $0.detail?.hasSuffix("of 3 epochs") == true })
            #expect(failed.allSatisfy { $0.attempt == 1 && $0.bytesReceived == 0 })
            // The others do all that they are asked for.
            let whole = try await counted.recorded().round(number).clients
            for client in round.reported {
                #expect(client.steps == whole.first { $0.client == client.client }?.steps)
            }
        }
        #expect(try await Replay(of: recorded).all().agrees)
    }

    @Test("Clients whose states are lost begin without, the record says so, and a replay follows it")
    func lostStates() async throws {
        let run = try await SimulatedRun(rounds: 6, "strategy: scaffold")
        try await run.run(rounds: 2)
        #expect(try await run.resume(stateFolder: run.folder.path("elsewhere")) == .finished)
        let recorded = try await run.recorded()
        let events = try await run.reader.events(of: recorded.summary.run.identity)
        #expect(events.contains { $0.kind == "state_missing" })
        let whole = try await SimulatedRun(rounds: 6, "strategy: scaffold")
        try await whole.run()
        #expect(recorded.summary.modelDigest != (try await whole.recorded().summary.modelDigest))
        #expect(try await Replay(of: recorded).all().agrees)
    }

    @Test("Rows that are no longer kept are done again with the last states")
    func thinned() async throws {
        let run = try await SimulatedRun(rounds: 5, "strategy: feddyn\nkeep_client_rounds: 1\nkeep_models: 0")
        try await run.run()
        #expect(try await Replay(of: try await run.recorded()).all().agrees)
    }

    @Test("A server's state that was changed is found, and is no ground to go on from")
    func damaged() async throws {
        let run = try await SimulatedRun("strategy: fedavgm\nkeep_models: all")
        try await run.run()
        try run.tamper("UPDATE states SET bytes = zeroblob(length(bytes)) WHERE round = 2")
        let problem = await #expect(throws: Problem.self) { try await Replay(of: try await run.recorded()).all() }
        #expect(problem?.kind == .data && problem?.what.contains("velocity") == true)
        try run.tamper("UPDATE states SET digest = (SELECT digest FROM states WHERE round = 1) WHERE round = 2")
        let other = try await SimulatedRun("strategy: fedavgm")
        try await other.run()
        try other.tamper(
            "UPDATE rounds SET state_digest = (SELECT state_digest FROM rounds WHERE round = 1) WHERE round = 3")
        let result = try await Replay(of: try await other.recorded()).rounds([3])
        #expect(!result.agrees)
        #expect(result.differences.contains { if case .state(3, _, _) = $0 { true } else { false } })
    }

    @Test("A bundle holds what the server and the clients are remembered by, and is verified alone")
    func bundle() async throws {
        for strategy in ["scaffold", "fedadam", "foolsgold"] {
            let run = try await SimulatedRun("strategy: \(strategy)")
            try await run.run()
            let recorded = try await run.recorded()
            let file = run.folder.path("\(strategy).fed")
            try await run.reader.writeBundle(of: recorded.summary.run.identity, to: file)
            let reader = try RunReader(path: file)
            let summary = try await reader.run(.latest)
            let bundled = try RecordedRun(
                summary, in: reader, scenario: try summary.scenario(at: file), dataset: run.context.dataset, threads: 1)
            #expect(summary.modelDigest == recorded.summary.modelDigest)
            #expect(try await Replay(of: bundled).all().agrees)
        }
    }

    @Test("Updates that wait in a file come to what those in memory come to", arguments: ["median", "krum", "rfa"])
    func spilled(strategy: String) async throws {
        var digests: [ContentDigest] = []
        for limit in [512, 0] {
            let run = try await SimulatedRun("update_memory_mib: \(limit)\n\(keys(strategy))")
            try await run.run()
            // The file has no name.
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: run.folder.path("")).count {
                    $0.contains("updates")
                }
                    == 0)
            digests.append(try await run.recorded().summary.modelDigest)
        }
        #expect(digests[0] == digests[1])
    }

    @Test("What a rule that sees all updates would have made of a round, and which it would have needed")
    func whatIfRobust() async throws {
        let run = try await SimulatedRun("keep_updates: true")
        try await run.run()
        let recorded = try await run.recorded()
        let median = try await WhatIf(recorded, without: [], strategy: StrategyChoice(Median.self)).round(3)
        #expect(median.read == 4 && median.model.digest != median.recorded.modelDigest)
        let problem = await #expect(throws: Problem.self) {
            try await WhatIf(recorded, without: [], strategy: StrategyChoice(Krum.self)).round(3)
        }
        #expect(problem?.what.contains("2 f + 3") == true)
    }

    @Test("What another strategy would have made of a round")
    func whatIf() async throws {
        let run = try await SimulatedRun("keep_updates: true")
        try await run.run()
        let recorded = try await run.recorded()
        let same = try await WhatIf(recorded, without: [], strategy: .fedavg).round(3)
        #expect(same.model.digest == same.recorded.modelDigest && same.read == 4)
        let half = try StrategyChoice(name: "fedavg", settings: [(name: "server_learning_rate", text: "0.5")])
        let before = try await recorded.server(before: 3)[vector: "model"]
        let halfway = try await WhatIf(recorded, without: [], strategy: half).round(3).model
        for (index, value) in halfway.values.enumerated() {
            let middle = (before.values[index] + same.model.values[index]) / 2
            #expect(abs(value - middle) <= 1e-6)
        }
        #expect(
            try await WhatIf(recorded, without: [], strategy: StrategyChoice(FedAdam.self)).round(3).model != halfway)
        let problem = #expect(throws: Problem.self) {
            try WhatIf(recorded, without: [], strategy: StrategyChoice(Scaffold.self))
        }
        #expect(problem?.what.contains("control_change") == true)
    }
}
