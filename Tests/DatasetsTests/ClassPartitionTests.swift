import Datasets
import Testing

@Suite struct ClassPartitionTests {
    @Test(arguments: [(10, 1), (5, 2), (100, 2), (30, 3), (7, 9), (3, 10)])
    func eachClientHasSoManyClassesAndEachClassIsDividedEvenly(clients: Int, perClient: Int) throws {
        for seed in 0..<5 as Range<UInt64> {
            let partition = try PartitionChoice.classes(perClient: perClient)
                .deal(labels: Labels.mnist, classes: 10, clients: clients, seed: seed)
            let counts = partition.classCounts(labels: Labels.mnist, classes: 10)
            #expect(counts.allSatisfy { $0.count { $0 > 0 } == perClient })
            let holders = (0..<10).map { label in counts.map { $0[label] }.filter { $0 > 0 } }
            #expect(holders.map(\.count).max()! - holders.map(\.count).min()! <= 1)
            #expect(holders.allSatisfy { $0.max()! - $0.min()! <= 1 })
        }
    }

    /// Classes of which there are no examples are given to nobody.
    @Test func absentClasses() throws {
        let labels: [UInt8] = (0..<60).map { [1, 4, 7][$0 % 3] }
        let partition = try PartitionChoice.classes(perClient: 2).deal(labels: labels, classes: 10, clients: 6, seed: 1)
        #expect(partition.classCounts(labels: labels, classes: 10).allSatisfy { $0.count { $0 > 0 } == 2 })
    }

    @Test func clientsDifferInWhichClassesTheyHave() throws {
        let partition = try PartitionChoice.classes(perClient: 2)
            .deal(labels: Labels.mnist, classes: 10, clients: 100, seed: 1)
        let pairs = Set(partition.classCounts(labels: Labels.mnist, classes: 10).map { $0.map { $0 > 0 } })
        #expect(pairs.count > 20)
    }
}
