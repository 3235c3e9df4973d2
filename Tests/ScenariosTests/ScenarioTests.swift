import Datasets
import Diagnostics
import Federation
import Foundation
import Learning
import Scenarios
import TestSupport
import Testing

@Suite struct ScenarioTests {
    @Test func twoLinesAreEnough() throws {
        let text = "rounds: 8\nclients: 10\n"
        let expected = Scenario(
            name: "my", rounds: 8, clients: 10, cohort: 10, minimumUpdates: 5, data: .mnist,
            partition: PartitionChoice.iid, model: "cnn",
            train: TrainingSettings(localEpochs: 1, batchSize: .examples(10), optimizer: .sgd(learningRate: 0.1)),
            strategy: .fedavg, network: NetworkSettings(), text: text)
        #expect(try Scenario.parse(text, file: "some/folder/my.yaml") == expected)
    }

    @Test("Models are kept evenly over the rounds, at most so many", arguments: [1, 2, 9, 10, 11, 35, 1000])
    func keptModels(rounds: Int) throws {
        for count in 1...12 {
            let stride = try #require(Kept.upTo(count).stride(rounds: rounds))
            #expect((1...rounds).count { $0.isMultiple(of: stride) } <= count)
            #expect(stride == 1 || (1...rounds).count { $0.isMultiple(of: stride - 1) } > count)
        }
        #expect(Kept.upTo(0).stride(rounds: rounds) == nil && Kept.all.stride(rounds: rounds) == 1)
    }

    @Test func everyKeyIsRead() throws {
        let text = """
            name: all of it
            description: "one sentence: this"
            seed: 18446744073709551615
            rounds: 20
            target: {accuracy: 0.99, published_rounds: 34}
            clients: 50
            cohort: 7
            minimum_updates: 3
            data: digits
            partition: {rule: dirichlet, alpha: 0.25, minimum_examples: 4}
            model: mlp-2nn
            kernels: openblas
            keep_models: all
            keep_client_rounds: 500
            keep_updates: true
            train:
              local_epochs: 5
              batch_size: all
              learning_rate: 2e-2
              optimizer: sgd
              momentum: 0.9
              weight_decay: 0.001
            strategy: {name: fedavg}
            network:
              codec: bf16
              upload: int8
              join_deadline: 1.5m
              round_deadline: 1h
              absence_deadline: 500ms
              heartbeat: 2s
            """
        let expected = Scenario(
            name: "all of it", description: "one sentence: this", seed: .max, rounds: 20,
            target: TargetSettings(accuracy: 0.99, publishedRounds: 34), clients: 50, cohort: 7, minimumUpdates: 3,
            data: .digits, namesData: true,
            partition: PartitionChoice.dirichlet(alpha: 0.25, minimumExamples: 4), model: "mlp-2nn", kernels: .openblas,
            train: TrainingSettings(
                localEpochs: 5, batchSize: .all,
                optimizer: .sgd(learningRate: 0.02, momentum: 0.9, weightDecay: 0.001)),
            strategy: .fedavg,
            network: NetworkSettings(
                upload: .int8, download: .bf16,
                deadlines: RoundDeadlines(joining: .seconds(90), round: .seconds(3600), absence: .milliseconds(500)),
                heartbeat: .seconds(2)),
            keepModels: .all, keepClientRounds: .upTo(500), keepUpdates: true, text: text)
        #expect(try Scenario.parse(text, file: "x.yaml") == expected)
    }

    @Test(arguments: [
        ("iid", PartitionChoice.iid),
        ("shards", PartitionChoice.shards(perClient: 2)),
        ("{rule: shards, shards_per_client: 3}", PartitionChoice.shards(perClient: 3)),
        ("classes", PartitionChoice.classes(perClient: 2)),
        ("{rule: classes, classes_per_client: 10}", PartitionChoice.classes(perClient: 10)),
        ("dirichlet", PartitionChoice.dirichlet(alpha: 0.5, minimumExamples: 10)),
        ("{sizes: log-normal}", PartitionChoice.iid(sizes: .logNormal(sigma: 0.5))),
        (
            "{rule: shards, sizes: log-normal, sigma: 1}",
            PartitionChoice.shards(perClient: 2, sizes: .logNormal(sigma: 1))
        ),
    ]) func partitions(text: String, rule: PartitionChoice) throws {
        #expect(try Scenario.parse("rounds: 1\nclients: 10\npartition: \(text)", file: "x.yaml").partition == rule)
    }

    /// m = max(1, round(C · K)), and half of it, rounded up.
    @Test(arguments: [
        (100, "fraction: 0.1", 10, 5), (100, "fraction: 0", 1, 1), (10, "fraction: 1", 10, 5),
        (3, "fraction: 0.5", 2, 1),
        (1000, "cohort: 7", 7, 4), (9, "", 9, 5), (9, "minimum_updates: 9", 9, 9), (1, "", 1, 1),
    ]) func cohorts(clients: Int, line: String, cohort: Int, minimumUpdates: Int) throws {
        let scenario = try Scenario.parse("rounds: 1\nclients: \(clients)\n\(line)", file: "x.yaml")
        #expect(scenario.cohort == cohort)
        #expect(scenario.minimumUpdates == minimumUpdates)
    }

    @Test func adamHasItsOwnRate() throws {
        let head = "rounds: 1\nclients: 2\ntrain: "
        #expect(
            try Scenario.parse(head + "{optimizer: adam}", file: "x").train.optimizer == .adam(learningRate: 0.001))
        #expect(
            try Scenario.parse(head + "{optimizer: adam, learning_rate: 0.01, weight_decay: 0.1}", file: "x").train
                .optimizer == .adam(learningRate: 0.01, weightDecay: 0.1))
    }

    /// A round that is over sooner does not wait longer for the absent.
    @Test func absenceEndsWithTheRound() throws {
        let text = "rounds: 1\nclients: 2\nnetwork: {round_deadline: 10s}"
        #expect(try Scenario.parse(text, file: "x").network.deadlines.absence == .seconds(10))
    }

    @Test("Data that a scenario names are told from those that it leaves to the default", arguments: [false, true])
    func namedData(isNamed: Bool) throws {
        let text = "rounds: 1\nclients: 1\n" + (isNamed ? "data: mnist\n" : "")
        let scenario = try Scenario.parse(text, file: "x.yaml")
        #expect(scenario.data == .mnist && scenario.namesData == isNamed)
    }

    @Test func missingFile() {
        #expect(
            throws: Problem(
                .noInput, "there is no such file", at: "/no/such.yaml",
                remedy: "Scenarios lie in the folder scenarios; their names end in .yaml.")
        ) { try Scenario.load(path: "/no/such.yaml") }
    }

    @Test func unreadableFile() throws {
        let folder = try TemporaryFolder()
        #expect(throws: Problem(.noInput, "the file cannot be read", at: folder.path(""))) {
            try Scenario.load(path: folder.path(""))
        }
    }

    @Test func byteOrderMark() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("windows.yaml")
        try Data([0xEF, 0xBB, 0xBF] + "rounds: 8\r\nclients: 2\r\n".utf8).write(to: URL(filePath: path))
        let scenario = try Scenario.load(path: path)
        #expect(scenario.rounds == 8 && scenario.clients == 2 && scenario.text.hasPrefix("rounds"))
        // Mistakes are found where they are.
        try Data([0xEF, 0xBB, 0xBF] + "rounds: 0\r\nclients: 2\r\n".utf8).write(to: URL(filePath: path))
        let problem = #expect(throws: Problem.self) { try Scenario.load(path: path) }
        #expect(problem?.place == "\(path):1:9", "\(problem.map { "\($0)" } ?? "")")
    }

    @Test func otherValues() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("some.yaml")
        try Data("rounds: 8  # of them\nclients: 2\n".utf8).write(to: URL(filePath: path))
        #expect(try Scenario.load(path: path, overrides: []).text.contains("# of them"))
        let changed = try Scenario.load(
            path: path,
            overrides: [.init(key: "rounds", value: "3"), .init(key: "train.learning_rate", value: "0.03")])
        #expect(changed.rounds == 3 && changed.name == "some")
        #expect(changed.train.optimizer == .sgd(learningRate: 0.03, momentum: 0, weightDecay: 0))
        #expect(try Scenario.parse(changed.text, file: path) == changed)
        let problem = #expect(throws: Problem.self) {
            try Scenario.load(path: path, overrides: [.init(key: "rounds", value: "0")])
        }
        #expect(problem?.place == "\(path) with rounds=0")
    }

    @Test func notUTF8() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("latin1.yaml")
        try Data("rounds: 8\nname: ".utf8 + [0xE9, 0x0A]).write(to: folder.url.appending(path: "latin1.yaml"))
        #expect(throws: Problem(.data, "byte 16 is not UTF-8", at: path, remedy: "Save the file as text in UTF-8.")) {
            try Scenario.load(path: path)
        }
    }

    @Test func referenceListsEveryKey() {
        let paths = Scenario.reference.map(\.path)
        #expect(Set(paths).count == paths.count)
        #expect(paths.contains("rounds"))
        #expect(paths.contains("train.learning_rate"))
        #expect(paths.contains("network.heartbeat"))
        let required = Scenario.reference.filter { $0.standard == nil }.map(\.path)
        #expect(required == ["rounds", "clients.count", "behaviours[].kind"])
    }

    @Test func summary() throws {
        let text = "rounds: 3\nclients: 10\ncohort: 2\npartition: {rule: shards, sizes: log-normal}"
        #expect(
            try Scenario.parse(text, file: "x").summary
                == "10 clients, 2 in each of 3 rounds, cnn on mnist, 2 shards a client, log-normal sizes 0.5")
    }
}
