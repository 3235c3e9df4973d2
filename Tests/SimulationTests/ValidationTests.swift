import Datasets
import Diagnostics
import Federation
import Learning
import RunStore
import Runs
import Scenarios
import Simulation
import Testing

/// Training examples that no client has, on which the server tells the better model.
@Suite struct ValidationTests {
    @Test("What is kept back is nobody's, and the rest is dealt by the rule")
    func keptBack() async throws {
        let run = try await SimulatedRun(partition: "validation: 0.2")
        let partition = run.context.partition
        #expect(partition.keptBack.count == 60 && partition.examples == 240)
        let dealt = (0..<5).flatMap { partition.indices(of: $0) }
        #expect(Set(dealt).count == 240 && Set(dealt).isDisjoint(with: partition.keptBack))
        #expect(Set(dealt).union(partition.keptBack) == Set(0..<300))
        // Two shards a client, of what is left.
        let labels = run.context.dataset.train.labels
        for client in 0..<5 {
            #expect(partition.count(of: client) == 48)
            #expect(Set(partition.indices(of: client).map { labels[Int($0)] }).count <= 6)
        }
        #expect(try await SimulatedRun().context.partition.keptBack.isEmpty)
    }

    @Test("The record has each round's accuracy on it, a replay checks it, and the best model is kept")
    func recorded() async throws {
        let run = try await SimulatedRun(rounds: 12, learningRate: 0.4, partition: "validation: 0.2", "keep_models: 0")
        #expect(try await run.run() == .finished)
        let recorded = try await run.recorded()
        let rounds = try await run.reader.rounds(of: recorded.summary.run.identity)
        let best = try #require(rounds.reversed().max { $0.score < $1.score })
        #expect(rounds.allSatisfy { $0.validationAccuracy != nil && $0.validationLoss != nil })
        #expect(best.round < 12, "the scenario has its best model before its last round")
        #expect(try await run.reader.keptModels(of: recorded.summary.run.identity) == [0, best.round, 12])
        // Independently of the run.
        let model = try await run.reader.model(of: recorded.summary.run.identity, round: best.round).parameters
        let examples = run.context.dataset.train.selection(run.context.partition.keptBack)
        let evaluation = try await TrainingThreads(count: 1, model: run.context.model).evaluate(model, on: examples)
        #expect(evaluation.accuracy == best.validationAccuracy && evaluation.loss == best.validationLoss)
        #expect(try await Replay(of: recorded).all().agrees)
        try run.tamper("UPDATE rounds SET validation_accuracy = validation_accuracy / 2 WHERE round = 3")
        let found = try await Replay(of: try await run.recorded()).all().differences
        #expect(found.count == 1 && found.first?.round == 3, "\(found)")
    }

    @Test("A run ends when no better model has come for as many rounds as it waits, resumed or not")
    func patience() async throws {
        let keys = "stop: {patience: 2}\nkeep_models: all"
        let whole = try await SimulatedRun(rounds: 60, learningRate: 0.4, partition: "validation: 0.2", keys)
        guard case .patienceOver(let last) = try await whole.run() else {
            Issue.record("the run has not lost its patience")
            return
        }
        let summary = try await whole.recorded().summary
        let scores = try await whole.reader.rounds(of: summary.run.identity).map(\.score)
        #expect(scores.count == Int(last) && last < 60)
        let best = try #require(scores.max())
        #expect(scores.firstIndex(of: best) == scores.count - 3)
        #expect(summary.run.status == .finished && summary.run.message?.contains("patience") == true)
        #expect(try await Replay(of: try await whole.recorded()).all().agrees)

        // As if it had been killed after some of its rounds, the last among them.
        for rounds in [Int(last), Int(last) - 1, 1] {
            try whole.tamper(
                """
                DELETE FROM models WHERE round > \(rounds);
                DELETE FROM rounds WHERE round > \(rounds);
                UPDATE runs SET status = 'running', message = NULL, finished_at = NULL
                """)
            #expect(try await whole.resume() == .patienceOver(round: last))
            #expect(try await whole.recorded().summary.modelDigest == summary.modelDigest)
        }
    }

    @Test("Patience without examples to tell a better model by is refused, and so is a least change without patience")
    func mistakes() async throws {
        for (partition, keys, what) in [
            ("", "stop: {patience: 2}", "partition.validation"),
            ("validation: 0.1", "stop: {minimum_change: 0.1}", "needs a \"patience\""),
            ("validation: 0.95", "", "from 0 to 0.9"),
        ] {
            let problem = await #expect(throws: Problem.self) {
                try await SimulatedRun(partition: partition, keys)
            }
            #expect(problem?.description.contains(what) == true, "\(problem?.description ?? "")")
        }
    }
}
