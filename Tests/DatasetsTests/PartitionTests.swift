import Datasets
import Diagnostics
import Parameters
import Randomness
import Testing

/// What holds for every rule.
@Suite struct PartitionTests {
    /// Rules that can be kept with ``Labels/mnist`` and 2 to 100 clients.
    static let rules: [PartitionRule] = [
        PartitionRule(.iid),
        PartitionRule(.iid, sizes: .logNormal(sigma: 0.3)),
        PartitionRule(.iid, sizes: .logNormal(sigma: 3)),
        PartitionRule(.shards(perClient: 1)),
        PartitionRule(.shards(perClient: 2)),
        PartitionRule(.shards(perClient: 7), sizes: .logNormal(sigma: 1)),
        PartitionRule(.classes(perClient: 5)),
        PartitionRule(.classes(perClient: 10), sizes: .logNormal(sigma: 0.5)),
        PartitionRule(.dirichlet(alpha: 1, minimumExamples: 1)),
        PartitionRule(.dirichlet(alpha: 100, minimumExamples: 10)),
        PartitionRule(.clientDirichlet(alpha: 0.01)),
        PartitionRule(.clientDirichlet(alpha: 10), sizes: .logNormal(sigma: 0.5)),
    ]

    @Test(arguments: rules)
    func everyExampleIsDealtExactlyOnce(rule: PartitionRule) throws {
        var stream = RandomStream(seed: 11, purpose: .partition)
        for _ in 0..<12 {
            let clients = 2 + stream.below(99)
            let seed = stream.next()
            let labels = Labels.uneven(3_000 + stream.below(3_000), seed: seed)
            let partition = try rule.deal(labels: labels, classes: 10, clients: clients, seed: seed)
            #expect(partition.clients == clients)
            var seen = [Bool](repeating: false, count: labels.count)
            for client in 0..<clients {
                let indices = partition.indices(of: client)
                #expect(!indices.isEmpty)
                #expect(indices.count == partition.count(of: client))
                #expect(zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 })
                for index in indices {
                    #expect(!seen[Int(index)])
                    seen[Int(index)] = true
                }
            }
            #expect(seen.allSatisfy { $0 })
            let counts = partition.classCounts(labels: labels, classes: 10)
            #expect(counts.map { $0.reduce(0, +) } == (0..<clients).map(partition.count(of:)))
        }
    }

    @Test(arguments: rules)
    func theSeedDecides(rule: PartitionRule) async throws {
        let labels = Labels.uneven(4_000, seed: 5)
        let first = try rule.deal(labels: labels, classes: 10, clients: 20, seed: 1)
        #expect(try rule.deal(labels: labels, classes: 10, clients: 20, seed: 2) != first)
        // Also at the same time on several threads.
        try await withThrowingTaskGroup(of: Partition.self) { group in
            for _ in 0..<8 {
                group.addTask { try rule.deal(labels: labels, classes: 10, clients: 20, seed: 1) }
            }
            for try await again in group {
                #expect(again == first)
            }
        }
    }

    /// A deal is part of every result: these must never change.
    @Test(
        arguments: zip(
            [
                PartitionRule(.iid), PartitionRule(.iid, sizes: .logNormal(sigma: 1)),
                PartitionRule(.shards(perClient: 2)),
                PartitionRule(.shards(perClient: 2), sizes: .logNormal(sigma: 1)),
                PartitionRule(.classes(perClient: 3)),
                PartitionRule(.classes(perClient: 3), sizes: .logNormal(sigma: 1)),
                PartitionRule(.dirichlet(alpha: 0.5, minimumExamples: 10)),
            ],
            [
                "e08237433269", "d859d96e7b27", "08d7e7ccce66", "45d8765d6c01", "8b8456e8e200", "46b40c6d2453",
                "8e2743b4aa63",
            ]))
    func dealsStayAsTheyAre(rule: PartitionRule, digest: String) throws {
        let partition = try rule.deal(labels: Labels.mnist, classes: 10, clients: 100, seed: 42)
        var bytes: [UInt8] = []
        for client in 0..<partition.clients {
            let indices = partition.indices(of: client)
            for number in [Int32(indices.count)] + indices {
                bytes += [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
            }
        }
        #expect(ContentDigest(of: bytes).short == digest)
    }

    @Test func oneClientGetsEverything() throws {
        for rule in Self.rules where rule.assignment != .classes(perClient: 5) {
            let partition = try rule.deal(labels: Labels.mnist, classes: 10, clients: 1, seed: 3)
            #expect(partition.indices(of: 0) == Array(0..<60_000))
        }
    }

    @Test(arguments: [
        (PartitionRule(.iid), 0, "0 clients"),
        (PartitionRule(.iid), 101, "only 100 examples"),
        (PartitionRule(.iid, sizes: .logNormal(sigma: -1)), 5, "sigma = -1"),
        (PartitionRule(.iid, sizes: .logNormal(sigma: .nan)), 5, "sigma = nan"),
        (PartitionRule(.shards(perClient: 0)), 5, "0 shards"),
        (PartitionRule(.shards(perClient: 21)), 5, "only 100 examples"),
        (PartitionRule(.shards(perClient: .max)), 5, "only 100 examples"),
        (PartitionRule(.classes(perClient: 0)), 5, "0 classes a client"),
        (PartitionRule(.classes(perClient: 11)), 5, "11 classes a client"),
        (PartitionRule(.classes(perClient: 1)), 9, "to nobody"),
        (PartitionRule(.classes(perClient: 10)), 11, "has 10 examples for 11 clients"),
        (PartitionRule(.dirichlet(alpha: 0, minimumExamples: 1)), 5, "alpha = 0"),
        (PartitionRule(.dirichlet(alpha: .nan, minimumExamples: 1)), 5, "alpha = nan"),
        (PartitionRule(.dirichlet(alpha: .infinity, minimumExamples: 1)), 5, "alpha = inf"),
        (PartitionRule(.dirichlet(alpha: 1, minimumExamples: -1)), 5, "minimum of -1"),
        (PartitionRule(.dirichlet(alpha: 1, minimumExamples: 21)), 5, "only 100 examples"),
        (PartitionRule(.dirichlet(alpha: 1, minimumExamples: .max)), 5, "only 100 examples"),
        (PartitionRule(.dirichlet(alpha: 0.01, minimumExamples: 10)), 10, "draws"),
        (PartitionRule(.dirichlet(alpha: 1, minimumExamples: 1), sizes: .logNormal(sigma: 1)), 5, "log-normal"),
    ])
    func whatCannotBeKeptIsRefused(rule: PartitionRule, clients: Int, what: String) throws {
        let labels = (0..<100).map { UInt8($0 % 10) }
        let problem = try #require(throws: Problem.self) {
            try rule.deal(labels: labels, classes: 10, clients: clients, seed: 1)
        }
        #expect(problem.kind == .data)
        #expect(problem.what.contains(what))
        #expect(problem.remedy != nil)
    }

    @Test func aLabelBeyondTheClassesIsRefused() {
        #expect(throws: Problem.self) {
            try PartitionRule(.iid).deal(labels: [0, 1, 10], classes: 10, clients: 2, seed: 1)
        }
    }
}
