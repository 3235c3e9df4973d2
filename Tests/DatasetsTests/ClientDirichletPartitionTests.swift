import Datasets
import Testing

@Suite struct ClientDirichletPartitionTests {
    /// The part of a client's examples that is of a class has the mean p and the variance p (1 − p) / (alpha + 1), where p is the
    /// class's part of all examples; drawing n examples adds the mean of q (1 − q) / n. The first clients draw from all classes.
    @Test(arguments: [0.01, 0.1, 1, 10, 100])
    func mixesHaveTheDistributionsVariance(alpha: Double) throws {
        let labels = (0..<40_000).map { UInt8($0 % 4) }
        var squares = 0.0
        var sum = 0.0
        var count = 0
        for seed in 0..<150 as Range<UInt64> {
            let partition = try PartitionChoice.clientDirichlet(alpha: alpha)
                .deal(labels: labels, classes: 4, clients: 200, seed: seed)
            for counts in partition.classCounts(labels: labels, classes: 4).prefix(20) {
                #expect(counts.reduce(0, +) == 200)
                for number in counts {
                    let part = Double(number) / 200
                    squares += (part - 0.25) * (part - 0.25)
                    sum += part
                    count += 1
                }
            }
        }
        let variance = 0.1875 / (alpha + 1)
        let expected = variance + (0.1875 - variance) / 200
        #expect(abs(sum / Double(count) - 0.25) < 0.001)
        #expect(abs(squares / Double(count) - expected) < 0.06 * expected)
    }

    @Test("Clients have what the sizes say, whatever their mix; the smallest alpha gives nearly all of them one class")
    func sizes() throws {
        let rule = PartitionChoice.clientDirichlet(alpha: 1e-4)
        let partition = try rule.deal(labels: Labels.mnist, classes: 10, clients: 100, seed: 1)
        #expect((0..<100).allSatisfy { partition.count(of: $0) == 600 })
        let classes = partition.classCounts(labels: Labels.mnist, classes: 10).map { $0.count { $0 > 0 } }
        #expect(classes.count { $0 == 1 } > 70)
        let even = try PartitionChoice.clientDirichlet(alpha: 1e6)
            .deal(labels: Labels.mnist, classes: 10, clients: 100, seed: 1)
        // The last ones take what is left.
        let counts = even.classCounts(labels: Labels.mnist, classes: 10).prefix(80)
        #expect(counts.allSatisfy { $0.allSatisfy { (20...120).contains($0) } })
    }
}
