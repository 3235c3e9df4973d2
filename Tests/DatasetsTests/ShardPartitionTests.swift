import Datasets
import TestSupport
import Testing

@Suite struct ShardPartitionTests {
    /// McMahan et al. 2017, section 3: 200 shards of 300.
    @Test(arguments: 0..<5)
    func asInThePaper(seed: UInt64) throws {
        let partition = try PartitionChoice.shards(perClient: 2)
            .deal(labels: Labels.mnist, classes: 10, clients: 100, seed: seed)
        #expect((0..<100).allSatisfy { partition.count(of: $0) == 600 })
        let classes = partition.classCounts(labels: Labels.mnist, classes: 10).map { $0.count { $0 > 0 } }
        #expect(classes.allSatisfy { (1...4).contains($0) })
        #expect(classes.count { $0 <= 2 } >= 80)
    }

    @Test(.enabled(if: Repository.mnistFolder != nil, "FED_DATA_DIR names no folder with MNIST"))
    func onRealMNIST() async throws {
        let dataset = try await Dataset.load(DatasetRequest(folder: Repository.mnistFolder))
        let partition = try PartitionChoice.shards(perClient: 2).deal(dataset.train, clients: 100, seed: 1)
        #expect((0..<100).allSatisfy { partition.count(of: $0) == 600 })
        #expect(partition.classCounts(of: dataset.train).allSatisfy { (1...4).contains($0.count { $0 > 0 }) })
    }

    /// One label's examples stay in their order, and a shard is a run of the sorted data.
    @Test func aShardIsARunOfTheSortedData() throws {
        let labels: [UInt8] = (0..<100).map { UInt8($0 % 2) }
        let partition = try PartitionChoice.shards(perClient: 1).deal(labels: labels, classes: 2, clients: 10, seed: 3)
        let sorted = (0..<100).filter { $0 % 2 == 0 } + (0..<100).filter { $0 % 2 == 1 }
        let runs = Set((0..<10).map { sorted[10 * $0..<10 * $0 + 10].map(Int32.init) })
        #expect(Set((0..<10).map(partition.indices(of:))) == runs)
    }

    @Test func sizesThatDoNotDivideDifferByAtMostOneExampleAShard() throws {
        let partition = try PartitionChoice.shards(perClient: 3)
            .deal(labels: Array(Labels.mnist.prefix(1_000)), classes: 10, clients: 7, seed: 3)
        // 1000 / 21 is 47.6.
        #expect((0..<7).allSatisfy { (3 * 47...3 * 48).contains(partition.count(of: $0)) })
    }

    @Test func unequalShardsFollowTheirClients() throws {
        let sizes = ShardSizes.logNormal(sigma: 1)
        let rule = PartitionChoice.shards(perClient: 2, sizes: sizes)
        let shards = try rule.deal(labels: Labels.mnist, classes: 10, clients: 50, seed: 6)
        let iid = try PartitionChoice.iid(sizes: sizes).deal(
            labels: Labels.mnist, classes: 10, clients: 50, seed: 6)
        #expect((0..<50).allSatisfy { abs(shards.count(of: $0) - iid.count(of: $0)) <= 2 })
    }
}
