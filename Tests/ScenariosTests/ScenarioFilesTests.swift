import Datasets
import Federation
import Foundation
import Learning
import Scenarios
import TestSupport
import Testing

/// The files in the folder scenarios.
@Suite struct ScenarioFilesTests {
    static let names = ["dirichlet", "logistic-1000", "mcmahan-iid", "mcmahan-noniid", "quickstart"]

    @Test func allOfThemAreInOrder() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.path("scenarios"))
            .filter { $0.hasSuffix(".yaml") }.sorted()
        #expect(Set(files).isSuperset(of: Self.names.map { "\($0).yaml" }))
        for file in files {
            let scenario = try Scenario.load(path: Repository.path("scenarios/\(file)"))
            #expect("\(scenario.name).yaml" == file)
            #expect(!scenario.description.isEmpty)
            #expect(scenario.text.hasPrefix("# "), "\(file) does not begin with what it shows")
        }
    }

    /// Each file is the cell that its name says, with the settings of the paper's section 3.
    @Test func mcmahanTable2() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.path("scenarios/mcmahan-table2"))
            .filter { $0.hasSuffix(".yaml") }
        #expect(files.count == 20)
        for file in files {
            let scenario = try Scenario.load(path: Repository.path("scenarios/mcmahan-table2/\(file)"))
            let isCNN = scenario.model == "mcmahan-cnn"
            let isIID = scenario.partition == PartitionChoice.iid
            #expect(isIID || scenario.partition == PartitionChoice.shards(perClient: 2))
            #expect(isCNN || scenario.model == "mlp-2nn")
            let batch: String =
                switch scenario.train.batchSize {
                case .all: "all"
                case .examples(let size): "\(size)"
                }
            let name = "\(isCNN ? "cnn" : "2nn")-\(isIID ? "iid" : "noniid")-e\(scenario.train.localEpochs)-b\(batch)"
            #expect(scenario.name == name && file == "\(name).yaml")
            #expect(scenario.clients == 100 && scenario.cohort == 10)
            #expect(scenario.target?.accuracy == (isCNN ? 0.99 : 0.97))
            let published = try #require(scenario.target?.publishedRounds)
            #expect(scenario.rounds > published && scenario.description.contains("after \(published) rounds"))
        }
    }

    @Test func quickstart() throws {
        let scenario = try Scenario.load(path: Repository.path("scenarios/quickstart.yaml"))
        #expect(scenario.partition == PartitionChoice.shards(perClient: 2))
        #expect(scenario.model == "cnn")
        #expect(scenario.clients == 10 && scenario.cohort == 10)
    }

    /// McMahan et al. 2017: 100 clients, C = 0.1, E = 1, B = 10, two shards a client.
    @Test func mcmahanNonIID() throws {
        let scenario = try Scenario.load(path: Repository.path("scenarios/mcmahan-noniid.yaml"))
        #expect(scenario.partition == PartitionChoice.shards(perClient: 2))
        #expect(scenario.model == "mcmahan-cnn")
        #expect(scenario.clients == 100 && scenario.cohort == 10)
        #expect(scenario.train.localEpochs == 1 && scenario.train.batchSize == .examples(10))
    }

    /// Who holds a digit depends on the seed, not on how many examples of it there are.
    @Test("Those who hold an eight or a nine are the slow ones, and nobody else")
    func unfairSpeed() throws {
        let scenario = try Scenario.load(path: Repository.path("scenarios/unfair-speed.yaml"))
        let labels = (0..<4_000).map { UInt8($0 % 10) }
        let partition = try scenario.partition.deal(
            labels: labels, classes: 10, clients: scenario.clients, seed: scenario.seed)
        let fleet = scenario.fleet
        for client in 0..<scenario.clients {
            let isSlow = fleet[ClientID(UInt32(client))].samplesPerSecond == 60
            #expect(partition.indices(of: client).contains { labels[Int($0)] >= 8 } == isSlow, "client \(client)")
        }
    }

    @Test func logistic1000() throws {
        let scenario = try Scenario.load(path: Repository.path("scenarios/logistic-1000.yaml"))
        #expect(scenario.model == "logistic")
        #expect(scenario.clients == 1_000 && scenario.cohort == 10 && scenario.rounds == 100)
        #expect(scenario.train.batchSize == .examples(10))
        #expect(scenario.train.optimizer == .sgd(learningRate: 0.03))
    }
}
