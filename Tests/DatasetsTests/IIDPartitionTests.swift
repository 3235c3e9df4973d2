import Datasets
import Testing

@Suite struct IIDPartitionTests {
    @Test(arguments: [1, 3, 7, 100, 999, 60_000])
    func equalSizesDifferByAtMostOne(clients: Int) throws {
        let partition = try PartitionChoice.iid.deal(labels: Labels.mnist, classes: 10, clients: clients, seed: 8)
        let sizes = (0..<clients).map(partition.count(of:))
        #expect(Set(sizes).isSubset(of: [60_000 / clients, (60_000 + clients - 1) / clients]))
    }

    @Test func everyClientHasEveryClass() throws {
        let partition = try PartitionChoice.iid.deal(labels: Labels.mnist, classes: 10, clients: 100, seed: 8)
        let counts = partition.classCounts(labels: Labels.mnist, classes: 10)
        // 54 to 67 of each expected, with a standard deviation below 8.
        #expect(counts.allSatisfy { $0.allSatisfy { (20...110).contains($0) } })
    }

    /// ln of the sizes has the standard deviation sigma, and whoever joins changes nobody's draw.
    @Test func logNormalSizes() throws {
        let rule = PartitionChoice.iid(sizes: .logNormal(sigma: 0.5))
        let labels = [UInt8](repeating: 0, count: 2_000_000)
        let partition = try rule.deal(labels: labels, classes: 1, clients: 2_000, seed: 4)
        let logarithms = (0..<2_000).map { ln(Double(partition.count(of: $0))) }
        let mean = logarithms.reduce(0, +) / 2_000
        let variance = logarithms.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 2_000
        #expect(abs(variance.squareRoot() - 0.5) < 0.03)

        let fewer = try rule.deal(labels: labels, classes: 1, clients: 1_000, seed: 4)
        let ratio = Double(fewer.count(of: 0)) / Double(fewer.count(of: 1))
        #expect(abs(ratio - Double(partition.count(of: 0)) / Double(partition.count(of: 1))) < 0.02 * ratio)
    }

    @Test func nobodyIsLeftEmptyHoweverUneven() throws {
        let rule = PartitionChoice.iid(sizes: .logNormal(sigma: 20))
        for clients in [2, 50, 1_000] {
            let partition = try rule.deal(
                labels: [UInt8](repeating: 3, count: 1_000), classes: 10, clients: clients, seed: 9)
            #expect((0..<clients).allSatisfy { partition.count(of: $0) >= 1 })
        }
    }
}
