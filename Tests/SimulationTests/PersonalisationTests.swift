import Datasets
import Federation
import Learning
import Parameters
import RunStore
import Runs
import Scenarios
import Settings
import Simulation
import TestSupport
import Testing

/// Clients that evaluate models on examples of their own, and have models of their own.
@Suite struct PersonalisationTests {
    private static let keys = ["ditto", "fedper", "{name: fedrep, head_epochs: 2}"].map { "strategy: \($0)" }

    private func run(_ keys: String, rounds: Int = 4, fineTune: Int = 0) async throws -> SimulatedRun {
        try await SimulatedRun(
            rounds: rounds, model: "mlp-128-256", clients: "{count: 5, holdout: 0.2, fine_tune_epochs: \(fineTune)}",
            keys)
    }

    @Test("A run agrees with itself, resumed too, and says what its clients found", arguments: keys)
    func replay(keys: String) async throws {
        let whole = try await run(keys)
        try await whole.run()
        let recorded = try await whole.recorded()
        #expect(try await Replay(of: recorded).all().agrees)
        let isWhole = keys.contains("ditto")
        for number in 1...4 {
            for row in try await recorded.round(number).clients {
                let found = try #require(row.heldOut)
                #expect(found.examples == whole.context.heldOut?.count(of: Int(row.client.rawValue)))
                #expect(row.examples == Int64(whole.context.partition.count(of: Int(row.client.rawValue))))
                #expect((found.global != nil) == isWhole && found.personal != nil)
            }
        }
        let parted = try await run(keys)
        try await parted.run(rounds: 2)
        #expect(try await parted.resume() == .finished)
        #expect(try await parted.recorded().summary.modelDigest == recorded.summary.modelDigest)
        let identity = recorded.summary.run.identity
        #expect(
            try await parted.reader.latestEvaluations(of: parted.recorded().summary.run.identity).map(\.heldOut)
                == whole.reader.latestEvaluations(of: identity).map(\.heldOut))
    }

    @Test("Their own models come to be better for clients with few classes than the global one")
    func better() async throws {
        let run = try await run("strategy: {name: ditto, lambda: 0.1, personal_epochs: 4}", rounds: 8)
        try await run.run()
        let found = HeldOutAccuracy(
            try await run.reader.latestEvaluations(of: run.recorded().summary.run.identity))
        let (global, personal) = (try #require(found?.global), try #require(found?.personal))
        #expect(personal.mean > global.mean && global.clients == 5 && personal.clients == 5)
        #expect(personal.worstTenth <= personal.mean && personal.spread >= 0)
        let told = run.progress.compactMap { if case .roundCommitted(let round) = $0 { round.heldOut } else { nil } }
        let rounds = try await run.reader.heldOutAccuracy(of: run.recorded().summary.run.identity)
        #expect(told.count == 8 && told == rounds.map(\.accuracy))
    }

    @Test("What a client finds is what its examples say of the recorded models")
    func exact() async throws {
        let run = try await run("keep_models: all", fineTune: 3)
        try await run.run()
        let recorded = try await run.recorded()
        let heldOut = try #require(run.context.heldOut)
        for number in [1, 3] {
            let model = try await recorded.server(before: number)[vector: "model"]
            for row in try await recorded.round(number).clients {
                let client = row.client
                let (global, personal) = try await recorded.threads.run { trainer, isCancelled in
                    let examples = run.context.dataset.train
                    let indices = heldOut.indices(of: Int(client.rawValue))
                    var tuned = model
                    var settings = run.context.scenario.training(in: UInt32(number))
                    settings.localEpochs = 3
                    _ = try trainer.train(
                        &tuned, on: examples, indices: run.context.partition.indices(of: Int(client.rawValue)),
                        settings: settings, part: .fineTuning, seed: run.context.scenario.seed, round: UInt32(number),
                        client: client.rawValue, isCancelled: isCancelled)
                    return (
                        trainer.evaluate(model, on: examples, indices: indices),
                        trainer.evaluate(tuned, on: examples, indices: indices)
                    )
                }
                #expect(row.globalCorrect == global.correct && row.globalLoss == global.loss)
                #expect(row.personalCorrect == personal.correct && row.personalLoss == personal.loss)
                #expect(row.heldOutExamples == global.count && global.count > 0)
            }
        }
    }

    @Test("Held-out examples leave the rest of a run as it is")
    func unchanged() async throws {
        // Fine-tuning and evaluation draw from streams of their own: the models are those of a run without them.
        let plain = try await run("")
        let tuned = try await run("", fineTune: 2)
        try await plain.run()
        try await tuned.run()
        #expect(plain.digests == tuned.digests && plain.digests.count == 4)
    }

    @Test("A result that was changed in the record is found")
    func tampered() async throws {
        for column in ["global_correct", "personal_correct", "held_out_examples"] {
            let run = try await run("strategy: ditto")
            try await run.run()
            try run.tamper(
                """
                UPDATE client_rounds SET \(column) = iif(\(column) = 0 OR '\(column)' = 'held_out_examples', \(column) + 1,
                \(column) - 1) WHERE round = 3 AND client = (SELECT min(client) FROM client_rounds WHERE round = 3)
                """)
            let replay = try await Replay(of: try await run.recorded()).all()
            #expect(!replay.agrees && replay.differences.count == 1)
            #expect(replay.differences.contains { if case .metrics(3, _) = $0 { true } else { false } })
        }
    }

    @Test("What another strategy would have made of a round that shares the whole model, and only of such a one")
    func whatIf() async throws {
        let run = try await run("strategy: ditto\nkeep_updates: true")
        try await run.run()
        let outcome = try await WhatIf(
            try await run.recorded(), without: [], strategy: StrategyChoice(Median.self)
        ).round(2)
        #expect(outcome.model.digest != outcome.recorded.modelDigest)
        let same = try await WhatIf(try await run.recorded(), without: [], strategy: .fedavg).round(2)
        #expect(same.model.digest == same.recorded.modelDigest)
        let own = try await self.run("strategy: fedper")
        try await own.run()
        let recorded = try await own.recorded()
        let problem = #expect(throws: (any Error).self) {
            try WhatIf(recorded, without: [], strategy: StrategyChoice(Median.self))
        }
        #expect("\(problem.map { "\($0)" } ?? "")".contains("do not share the same layers"))
    }

    @Test("Attackers evaluate honestly, and those that do not train keep their own models")
    func hostile() async throws {
        let run = try await run(
            "strategy: ditto\nbehaviours: [{kind: sign-flip, clients: 0..1}, {kind: free-rider, clients: 2}]")
        try await run.run()
        let recorded = try await run.recorded()
        #expect(try await Replay(of: recorded).all().agrees)
        let rounds = try await [1, 2, 3, 4].asyncMap { try await recorded.round($0).clients }
        let rider = rounds.flatMap(\.self).filter { $0.client == ClientID(2) }
        #expect(rider.count > 1 && Set(rider.map(\.personalLoss)).count == 1)
        #expect(Set(rider.map(\.globalLoss)).count > 1)
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
