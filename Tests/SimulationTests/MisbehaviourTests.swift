import Datasets
import Federation
import Parameters
import RunStore
import Runs
import Scenarios
import Simulation
import Testing

/// Runs some of whose clients misbehave.
@Suite struct MisbehaviourTests {
    private static let behaviours = """
        behaviours:
          - {kind: backdoor, share: 0.4, target: 7}
          - {kind: model-replacement, share: 0.4, from: 3}
          - {kind: free-rider, clients: 4}
        """

    @Test("The record says who misbehaved in which round, and how well it went")
    func record() async throws {
        let run = try await SimulatedRun(Self.behaviours)
        try await run.run()
        let reader = try run.reader
        let identity = try await reader.run(.latest).run.identity
        let members = run.context.scenario.behaviours[0].members(population: 5, seed: 1)
        #expect(members.count == 2)
        for round in 1...4 {
            let clients = try await reader.clientRounds(of: identity, round: round)
            for row in clients {
                var names = members.contains(row.client) ? ["backdoor"] : []
                if round >= 3, members.contains(row.client) { names.append("model-replacement") }
                if row.client == ClientID(4) { names.append("free-rider") }
                #expect(row.behaviours == (names.isEmpty ? nil : names.joined(separator: ",")))
            }
            let attacks = try await reader.attacks(of: identity, round: round)
            #expect(attacks.map(\.kind) == ["backdoor", "model-replacement", "free-rider"])
            let hostile = clients.count { members.contains($0.client) }
            #expect(attacks[0].clients == hostile && attacks[1].clients == (round < 3 ? 0 : hostile))
            #expect(attacks[0].success != nil && attacks[1].success == nil && attacks[2].success == nil)
        }
        let told = run.progress.compactMap { if case .roundCommitted(let round) = $0 { round.attacks } else { nil } }
        #expect(told.count == 4 && told.allSatisfy { $0.count == 3 })
    }

    @Test("An attack that succeeds is seen to: all clients want one answer to a white square, and get it")
    func success() async throws {
        let run = try await SimulatedRun(
            rounds: 8, "behaviours: [{kind: backdoor, share: 1, target: 7, side: 6, poisoned: 0.5}]")
        try await run.run()
        let reader = try run.reader
        let attacks = try await reader.attacks(of: try await reader.run(.latest).run.identity)
        #expect(attacks.last?.attack.success ?? 0 > 0.9)
    }

    @Test("A free rider's update is the model that it was sent; a lazy client claims all its examples")
    func updates() async throws {
        let run = try await SimulatedRun(
            rounds: 1, "keep_updates: true\nbehaviours: [{kind: free-rider, share: 1}, {kind: lazy, share: 1}]")
        try await run.run()
        let recorded = try await run.recorded()
        let initial = run.context.initialServer[vector: "model"]
        let round = try await recorded.round(1)
        for row in round.clients {
            #expect(row.updateDigest == initial.digest)
            #expect(row.examples == Int64(run.context.partition.count(of: Int(row.client.rawValue))))
        }
        // The exact sum rounds each of them.
        let made = try await recorded.aggregate(round, from: run.context.initialServer).server[vector: "model"]
        #expect(made.squaredDistance(to: initial) < 1e-12)
    }

    @Test("Attackers that know one another's updates all claim the same, whatever else they are")
    func collusion() async throws {
        let run = try await SimulatedRun("behaviours: [{kind: alie, clients: [1, 2, 3], z: 1}]")
        try await run.run(threads: 3)
        let recorded = try await run.recorded()
        for number in 1...4 {
            let round = try await recorded.round(number)
            let forged = Set(round.clients.filter { $0.behaviours == "alie" }.compactMap(\.updateDigest))
            let honest = Set(round.clients.filter { $0.behaviours == nil }.compactMap(\.updateDigest))
            #expect(forged.count == 1 && honest.isDisjoint(with: forged))
        }
    }

    @Test("What clients make of others' updates is the same with any number of threads, and replayed")
    func replay() async throws {
        let keys = """
            strategy: median
            behaviours:
              - {kind: label-flip, clients: 0}
              - {kind: min-max, clients: [1, 2]}
              - {kind: gaussian, clients: [2], deviation: 0.01}
              - {kind: ipm, clients: 3, from: 2, until: 3}
            """
        var digests: [[String]] = []
        for threads in [1, 4] {
            let run = try await SimulatedRun(keys)
            try await run.run(threads: threads)
            digests.append(run.digests)
            let result = try await Replay(of: try await run.recorded()).all()
            #expect(result.agrees && result.updates == 16)
        }
        #expect(digests[0].count == 4 && digests[0] == digests[1])
        let honest = try await SimulatedRun("strategy: median")
        try await honest.run()
        #expect(honest.digests != digests[0])
    }

    @Test("A run that is killed and goes on has the same models and the same attackers")
    func resumed() async throws {
        let whole = try await SimulatedRun(rounds: 6, Self.behaviours)
        try await whole.run()
        let parted = try await SimulatedRun(rounds: 6, Self.behaviours)
        try await parted.run(rounds: 2)
        try await parted.resume()
        #expect(parted.digests == whole.digests)
        #expect(try await Replay(of: try await parted.recorded()).all().agrees)
    }

    @Test(
        "A record that says something else of who misbehaved, or of how well it went, does not agree",
        arguments: [
            "UPDATE client_rounds SET behaviours = 'scaling' WHERE round = 2 AND behaviours IS NULL",
            "UPDATE client_rounds SET behaviours = NULL WHERE round = 2",
            "UPDATE attacks SET success = 0.99 WHERE round = 2 AND kind = 'backdoor'",
            "UPDATE attacks SET clients = clients + 1 WHERE round = 2",
            "DELETE FROM attacks WHERE round = 2",
        ])
    func tampered(sql: String) async throws {
        let run = try await SimulatedRun(Self.behaviours)
        try await run.run()
        try run.tamper(sql)
        let result = try await Replay(of: try await run.recorded()).all()
        #expect(!result.agrees && !result.differences.isEmpty)
        #expect(result.differences.allSatisfy { $0.round == 2 && !"\($0)".isEmpty })
    }

    @Test("What a defence would have made of a round is asked with what its attacks would have come to")
    func whatIf() async throws {
        let run = try await SimulatedRun(Self.behaviours)
        try await run.run()
        let recorded = try await run.recorded()
        let outcome = try await WhatIf(recorded, without: [], strategy: StrategyChoice(Median.self)).round(4)
        #expect(outcome.recordedAttacks.map(\.kind) == outcome.attacks.map(\.kind))
        #expect(outcome.attacks[0].success != nil)
        let other = try await WhatIf(recorded, without: [], strategy: StrategyChoice(FedAvg.self)).round(4)
        #expect(other.attacks == other.recordedAttacks)
    }

    @Test("A server that trains on a root set of its own withstands a majority that attacks, and is replayed")
    func rootSet() async throws {
        let attack = "behaviours: [{kind: sign-flip, share: 0.6, strength: 4}]"
        func last(_ keys: String) async throws -> (accuracy: Double, run: SimulatedRun) {
            let run = try await SimulatedRun(rounds: 20, keys + "\n" + attack)
            try await run.run()
            let summary = try await run.reader.run(.latest)
            return (try #require(summary.testAccuracy), run)
        }
        let (mean, meanRun) = try await last("")
        let (trusted, run) = try await last("strategy: {name: fltrust, root_examples: 50}")
        #expect(trusted > mean + 0.1)
        #expect(try await Replay(of: try await run.recorded()).all().agrees)
        let recorded = try await meanRun.recorded()
        let other = try await WhatIf(recorded, without: [], strategy: StrategyChoice(FLTrust.self)).round(1)
        #expect(other.model.digest != other.recorded.modelDigest)
    }
}
