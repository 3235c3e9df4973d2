import Datasets
import Diagnostics
import Parameters
import Randomness
import Settings
import Testing

/// What holds for every rule.
@Suite struct PartitionTests {
    /// Rules that can be kept with ``Labels/mnist`` and 2 to 100 clients.
    static let rules: [PartitionChoice] = [
        PartitionChoice.iid,
        PartitionChoice.iid(sizes: .logNormal(sigma: 0.3)),
        PartitionChoice.iid(sizes: .logNormal(sigma: 3)),
        PartitionChoice.shards(perClient: 1),
        PartitionChoice.shards(perClient: 2),
        PartitionChoice.shards(perClient: 7, sizes: .logNormal(sigma: 1)),
        PartitionChoice.classes(perClient: 5),
        PartitionChoice.classes(perClient: 10, sizes: .logNormal(sigma: 0.5)),
        PartitionChoice.dirichlet(alpha: 1, minimumExamples: 1),
        PartitionChoice.dirichlet(alpha: 100, minimumExamples: 10),
        PartitionChoice.clientDirichlet(alpha: 0.01),
        PartitionChoice.clientDirichlet(alpha: 10, sizes: .logNormal(sigma: 0.5)),
    ]

    @Test(arguments: rules)
    func everyExampleIsDealtExactlyOnce(rule: PartitionChoice) throws {
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
    func theSeedDecides(rule: PartitionChoice) async throws {
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
                PartitionChoice.iid, PartitionChoice.iid(sizes: .logNormal(sigma: 1)),
                PartitionChoice.shards(perClient: 2),
                PartitionChoice.shards(perClient: 2, sizes: .logNormal(sigma: 1)),
                PartitionChoice.classes(perClient: 3),
                PartitionChoice.classes(perClient: 3, sizes: .logNormal(sigma: 1)),
                PartitionChoice.dirichlet(alpha: 0.5, minimumExamples: 10),
            ],
            [
                "e08237433269", "d859d96e7b27", "08d7e7ccce66", "45d8765d6c01", "8b8456e8e200", "46b40c6d2453",
                "8e2743b4aa63",
            ]))
    func dealsStayAsTheyAre(rule: PartitionChoice, digest: String) throws {
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
        for rule in Self.rules where rule != .classes(perClient: 5) {
            let partition = try rule.deal(labels: Labels.mnist, classes: 10, clients: 1, seed: 3)
            #expect(partition.indices(of: 0) == Array(0..<60_000))
        }
    }

    @Test(arguments: [
        (PartitionChoice.iid, 0, "0 clients"),
        (PartitionChoice.iid, 101, "only 100 examples"),
        (PartitionChoice.shards(perClient: 21), 5, "only 100 examples"),
        (PartitionChoice.classes(perClient: 11), 5, "11 classes a client"),
        (PartitionChoice.classes(perClient: 1), 9, "to nobody"),
        (PartitionChoice.classes(perClient: 10), 11, "has 10 examples for 11 clients"),
        (PartitionChoice.dirichlet(alpha: 1, minimumExamples: 21), 5, "only 100 examples"),
        (PartitionChoice.dirichlet(alpha: 0.01, minimumExamples: 10), 10, "draws"),
    ])
    func whatCannotBeKeptIsRefused(rule: PartitionChoice, clients: Int, what: String) throws {
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
            try PartitionChoice.iid.deal(labels: [0, 1, 10], classes: 10, clients: 2, seed: 1)
        }
    }

    @Test(
        "Settings that no rule can have, and those of another rule",
        arguments: [
            ("iid", "sigma", "-1"), ("iid", "sigma", "nan"), ("iid", "sizes", "unequal"), ("iid", "alpha", "1"),
            ("shards", "shards_per_client", "0"), ("classes", "classes_per_client", "257"), ("dirichlet", "alpha", "0"),
            ("dirichlet", "alpha", "inf"), ("dirichlet", "minimum_examples", "0"), ("dirichlet", "sizes", "log-normal"),
            ("client-dirichlet", "minimum_examples", "10"), ("other", "alpha", "1"),
        ])
    func impossibleSettings(name: String, setting: String, text: String) {
        #expect(throws: SettingMistake.self) {
            try PartitionChoice(name: name, settings: [(name: setting, text: text)])
        }
    }

    @Test("A rule is the same from its settings as texts, and says what it is", arguments: Self.rules)
    func roundTrip(rule: PartitionChoice) throws {
        #expect(try PartitionChoice(name: rule.name, settings: rule.values.texts) == rule)
        #expect(!rule.summary.isEmpty)
    }
}
