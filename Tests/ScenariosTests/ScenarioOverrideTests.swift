import Datasets
import Diagnostics
import Federation
import Learning
import Scenarios
import Testing

struct ScenarioOverrideTests {
    private let text = """
        # A comment.
        rounds: 10
        clients: 5
        partition: iid
        train:
          learning_rate: 0.5
        """

    private func scenario(_ overrides: (String, String)...) throws -> Scenario {
        let changed = try ScenarioOverride.apply(
            overrides.map { ScenarioOverride(key: $0.0, value: $0.1) }, to: text, file: "a/x.yaml")
        return try Scenario.parse(changed, file: "a/x.yaml")
    }

    @Test("Keys are changed and added, at the top and in sections; the rest stays")
    func changes() throws {
        var expected = try Scenario.parse(text, file: "a/x.yaml")
        var actual = try scenario(("rounds", "20"), ("seed", "18446744073709551615"), ("train.batch_size", "all"))
        expected.rounds = 20
        expected.seed = .max
        expected.train.batchSize = .all
        expected.text = actual.text
        #expect(actual == expected)
        actual = try scenario(("train.learning_rate", "0.25"), ("network.round_deadline", "7s"))
        #expect(actual.train.optimizer == .sgd(learningRate: 0.25))
        #expect(actual.network.deadlines.round == .seconds(7))
        actual = try scenario(("partition", "{rule: dirichlet, alpha: 0.25}"), ("partition.minimum_examples", "2"))
        #expect(actual.partition == PartitionChoice.dirichlet(alpha: 0.25, minimumExamples: 2))
    }

    @Test("Where a single value stands for a section, a key of the section can be set beside it")
    func shortForms() throws {
        let actual = try scenario(("clients.holdout", "0.25"), ("partition.sizes", "log-normal"))
        #expect(actual.clients == 5 && actual.evaluation.holdout == 0.25)
        #expect(actual.partition == PartitionChoice.iid(sizes: .logNormal(sigma: 0.5)))
    }

    @Test("The same overrides give the same text, so that a run is known again")
    func deterministic() throws {
        let once = try scenario(("train.learning_rate", "0.1"), ("seed", "3")).text
        #expect(try scenario(("train.learning_rate", "0.1"), ("seed", "3")).text == once)
    }

    @Test(
        "What does not fit is wrong usage",
        arguments: [("rounds.alpha", "1"), ("", "1"), ("train..x", "1"), ("rounds", "{"), ("rounds", "")])
    func mistakes(key: String, value: String) {
        #expect {
            _ = try scenario((key, value))
        } throws: { error in
            (error as? Problem)?.kind == .usage
        }
    }

    @Test("A text that is no scenario is told as its own mistake")
    func brokenText() {
        #expect {
            _ = try ScenarioOverride.apply([.init(key: "rounds", value: "1")], to: "rounds: [", file: "x.yaml")
        } throws: { error in
            (error as? Problem)?.kind == .data
        }
    }
}
