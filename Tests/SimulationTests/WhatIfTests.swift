import Diagnostics
import Federation
import Learning
import Parameters
import RunStore
import Runs
import Scenarios
import Simulation
import TestSupport
import Testing

@Suite struct WhatIfTests {
    @Test("A round without a client is the mean of the others, whether they are in the record or trained again")
    func withoutClient() async throws {
        var digests: [ContentDigest] = []
        for keys in ["keep_updates: true", "keep_models: 0"] {
            let run = try await SimulatedRun(keys)
            try await run.run()
            let recorded = try await run.recorded()
            let round = try await recorded.round(3)
            let left = round.clients[2].client
            let outcome = try await WhatIf(recorded, without: [left]).round(3)
            #expect(outcome.recorded == round.row)
            #expect(outcome.examples == Int(round.row.examples - (round.clients[2].examples ?? 0)))
            #expect(outcome.model.digest != round.row.modelDigest)
            digests.append(outcome.model.digest)
            guard keys == "keep_updates: true" else {
                #expect(outcome.read == 0 && outcome.trained == 3)
                continue
            }
            #expect(outcome.read == 3 && outcome.trained == 0)
            var mean = [Double](repeating: 0, count: run.context.model.layout.count)
            for client in round.clients where client.client != left {
                let update = try await run.reader.update(
                    of: recorded.summary.run.identity, round: 3, client: client.client,
                    layout: PartsLayout(run.context.model.layout, vectors: ["parameters"]))
                let weight = Double(client.examples ?? 0) / Double(outcome.examples)
                for (index, value) in try #require(update).values.values.enumerated() {
                    mean[index] += weight * Double(value)
                }
            }
            let worst = zip(mean, outcome.model.values).reduce(0) { max($0, abs($1.0 - Double($1.1))) }
            #expect(worst < 1e-7)
        }
        #expect(digests[0] == digests[1])
    }

    @Test("Without anybody left out a round is what it was")
    func withoutNobody() async throws {
        let run = try await SimulatedRun()
        try await run.run()
        let outcome = try await WhatIf(try await run.recorded(), without: []).round(2)
        #expect(outcome.model.digest == outcome.recorded.modelDigest)
        #expect(outcome.evaluation.accuracy == outcome.recorded.testAccuracy)
    }

    @Test("Clients that gave nothing, and rounds without anybody, are refused")
    func refused() async throws {
        let run = try await SimulatedRun(rounds: 2)
        try await run.run()
        let recorded = try await run.recorded()
        #expect(throws: Problem.self) { try WhatIf(recorded, without: [ClientID(5)]) }
        let selected = try #require(run.context.scenario.roundPlan.selected(in: 1))
        let idle = try #require((0..<5).map { ClientID($0) }.first { !selected.contains($0) })
        await #expect(throws: Problem.self) { try await WhatIf(recorded, without: [idle]).round(1) }
        await #expect(throws: Problem.self) { try await WhatIf(recorded, without: selected).round(1) }
        for round in [0, 3, 9] {
            await #expect(throws: Problem.self) { try await WhatIf(recorded, without: []).branch(from: round) }
        }
    }

    @Test("A branch that leaves nobody out comes to the same models", arguments: [1, 3, 4])
    func sameBranch(first: Int) async throws {
        let run = try await SimulatedRun()
        try await run.run()
        let calm = run.digests
        let base = try await WhatIf(try await run.recorded(), without: []).branch(from: first)
        #expect(try await run.run(base: base) == .finished)
        #expect(Array(run.digests.dropFirst(4)) == Array(calm.dropFirst(first - 1)))
    }

    @Test(
        "A branch without a client names its parent, records who is left out, trains nothing that is known, and can be replayed"
    )
    func branch() async throws {
        let run = try await SimulatedRun("keep_updates: true")
        try await run.run()
        let parent = try await run.recorded()
        let left = try await parent.round(3).clients[0].client
        let whatIf = try WhatIf(parent, without: [left])
        let base = try await whatIf.branch(from: 3)
        #expect(try await run.run(base: base, known: { try await whatIf.knownUpdate($0) }) == .finished)

        let branch = try await run.recorded()
        let identity = branch.summary.run.identity
        #expect(
            branch.summary.run.details.branch
                == RunBranch(parent: parent.summary.run.identity.ulid, round: 2, without: [left]))
        #expect(branch.summary.firstRound == 3 && branch.summary.lastRound == 4)
        #expect(try await run.reader.keptModels(of: identity).first == 2)
        let whatIfRound = try await whatIf.round(3)
        let rounds = try await run.reader.rounds(of: identity)
        #expect(rounds.map(\.round) == [3, 4])
        #expect(rounds[0].modelDigest == whatIfRound.model.digest)
        let clients = try await run.reader.clientRounds(of: identity, round: 3)
        #expect(clients.first { $0.client == left }?.reason == "excluded")
        // Times that are the same to the microsecond are the parent's.
        let before = try await run.reader.clientRounds(of: parent.summary.run.identity, round: 3)
        for client in clients where client.client != left {
            #expect(client.trainSeconds == before.first { $0.client == client.client }?.trainSeconds)
        }
        let result = try await Replay(of: branch).all()
        #expect(result.agrees && result.rounds == 2)
        let again = try await WhatIf(branch, without: []).branch(from: 4)
        #expect(again.branch?.without == [left] && again.round == 3)
    }

    @Test(
        "A branch whose clients remember the run goes on from what they remember", .serialized,
        arguments: ["scaffold", "feddyn", "ditto", "{name: fedrep, head_epochs: 2}"])
    func branchOfStates(strategy: String) async throws {
        let run = try await SimulatedRun(
            rounds: 6, model: "mlp-128-256", clients: "{count: 5, holdout: 0.2}", "strategy: \(strategy)")
        try await run.run()
        let calm = run.digests
        let parent = try await run.recorded()
        let base = try await WhatIf(parent, without: []).branch(from: 4)
        #expect(!base.clientStates.isEmpty)
        #expect(try await run.run(base: base) == .finished)
        #expect(Array(run.digests.dropFirst(6)) == Array(calm.dropFirst(3)))
        let branch = try await run.recorded()
        #expect(branch.summary.firstRound == 4)
        #expect(try await run.reader.branchStates(of: branch.summary.run.identity) == base.clientStates)
        #expect(try await Replay(of: branch).all().agrees)

        let file = run.folder.path("branch.fed")
        try await run.reader.writeBundle(of: branch.summary.run.identity, to: file)
        let reader = try RunReader(path: file)
        let summary = try await reader.run(.latest)
        let bundled = try RecordedRun(
            summary, in: reader, scenario: try summary.scenario(at: file), dataset: run.context.dataset, threads: 1)
        #expect(try await Replay(of: bundled).rounds([5]).agrees)

        // Of the branch, too.
        let left = try await branch.round(5).clients[0].client
        let second = try await WhatIf(branch, without: [left]).branch(from: 5)
        #expect(second.branch?.parent == branch.summary.run.identity.ulid)
        #expect(try await run.run(base: second) == .finished)
        #expect(try await Replay(of: try await run.recorded()).all().agrees)
    }

    @Test("Such a branch resumes from its record where the states' folder is gone, and is refused where it is damaged")
    func resumedBranchOfStates() async throws {
        let run = try await SimulatedRun(rounds: 6, "strategy: scaffold")
        try await run.run()
        let calm = run.digests
        let base = try await WhatIf(try await run.recorded(), without: []).branch(from: 3)
        // As after a kill before the first round of the branch.
        let store = try RunStore(path: run.database)
        let threads = TrainingThreads(count: 1, model: run.context.model)
        _ = try await RunLedger(
            beginning: run.context, base: base, transport: .inProcess, store: store, threads: threads, watcher: { _ in }
        )
        try store.close()
        #expect(try await run.resume(stateFolder: run.folder.path("elsewhere")) == .finished)
        #expect(run.digests.last == calm.last)
        try run.tamper("UPDATE branch_states SET bytes = zeroblob(length(bytes))")
        let problem = await #expect(throws: Problem.self) { try await Replay(of: try await run.recorded()).all() }
        #expect(problem?.kind == .data && problem?.what.contains("remembers at the beginning") == true)
    }
}
