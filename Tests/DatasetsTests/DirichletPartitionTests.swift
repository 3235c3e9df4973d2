import Datasets
import Testing

@Suite struct DirichletPartitionTests {
    /// A share of a symmetric Dirichlet distribution over n clients has the mean 1/n and the variance
    /// (n − 1) / (n² (n · alpha + 1)).
    @Test(arguments: [0.1, 0.5, 1, 10, 1000])
    func sharesHaveTheDistributionsVariance(alpha: Double) throws {
        let clients = 10
        var squares = 0.0
        var shares = 0
        let labels = (0..<20_000).map { UInt8($0 % 10) }
        for seed in 0..<150 as Range<UInt64> {
            let partition = try PartitionChoice.dirichlet(alpha: alpha, minimumExamples: 1)
                .deal(labels: labels, classes: 10, clients: clients, seed: seed)
            for counts in partition.classCounts(labels: labels, classes: 10) {
                for count in counts {
                    let deviation = Double(count) / 2_000 - 0.1
                    squares += deviation * deviation
                    shares += 1
                }
            }
        }
        let expected = 9 / (100 * (10 * alpha + 1))
        #expect(abs(squares / Double(shares) - expected) < 0.08 * expected)
    }

    @Test func theMinimumIsKept() throws {
        for seed in 0..<10 as Range<UInt64> {
            let partition = try PartitionChoice.dirichlet(alpha: 0.3, minimumExamples: 50)
                .deal(labels: Labels.mnist, classes: 10, clients: 50, seed: seed)
            #expect((0..<50).allSatisfy { partition.count(of: $0) >= 50 })
        }
    }

    /// The smallest alpha gives gamma variates that no double can hold.
    @Test func extremeAlphas() throws {
        let one = try PartitionChoice.dirichlet(alpha: 1e-4, minimumExamples: 1)
            .deal(labels: Labels.mnist, classes: 10, clients: 2, seed: 1)
        #expect(one.classCounts(labels: Labels.mnist, classes: 10).allSatisfy { $0.count { $0 > 0 } <= 10 })
        #expect(one.count(of: 0) + one.count(of: 1) == 60_000)
        let even = try PartitionChoice.dirichlet(alpha: 1e6, minimumExamples: 1)
            .deal(labels: Labels.mnist, classes: 10, clients: 100, seed: 1)
        #expect((0..<100).allSatisfy { (585...615).contains(even.count(of: $0)) })
    }

    @Test func manyClientsAreDealtInAMoment() throws {
        let duration = try ContinuousClock().measure {
            let partition = try PartitionChoice.dirichlet(alpha: 1, minimumExamples: 1)
                .deal(labels: Labels.mnist, classes: 10, clients: 2_000, seed: 1)
            #expect(partition.examples == 60_000)
        }
        #expect(duration < .seconds(5))
    }
}
