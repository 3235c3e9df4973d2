import Federation
import Foundation
import Learning
import Parameters
import Randomness
import Settings
import Testing

/// Every rule that sees all updates against its paper in NumPy and Float64 (`References/robust.py`): eleven clients, two of
/// which attack, three rounds.
@Suite struct RobustRuleTests {
    struct Reference: Decodable, Sendable {
        let sizes: [Int]
        let initial: [Double]
        let cases: [Case]
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let strategy: String
        let settings: [String: String]
        /// Of each round: what the clients send.
        let updates: [[[Double]]]
        /// The model after each round.
        let models: [[Double]]
        /// What the server trains itself in each round; empty where it has no root set.
        let roots: [[Double]]

        var testDescription: String {
            strategy + settings.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        }

        func make() throws -> any Strategy {
            try StrategyChoice(name: strategy, settings: settings.map { (name: $0.key, text: $0.value) }).make()
        }
    }

    static let papers: Reference = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "References/robust.json")
        // Without it nothing here can be tested.
        return try! JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    }()

    private static let layout = ParameterLayout([("weight", [2, 2]), ("bias", [2])])

    private func run(_ test: Case, order: (Int) -> [Int]) async throws -> [GlobalModel] {
        let strategy = try test.make()
        let initial = ParameterVector(layout: Self.layout, values: Self.papers.initial.map { Float($0) })
        var global = GlobalModel(
            server: GlobalModel.begin(initial, strategy, clients: Self.papers.sizes.count), strategy: strategy,
            population: Self.papers.sizes.reduce(0, +), clients: Self.papers.sizes.count)
        var models: [GlobalModel] = []
        for (index, updates) in test.updates.enumerated() {
            for client in order(updates.count) {
                let values = ParameterVector(layout: Self.layout, values: updates[client].map { Float($0) })
                try global.include(
                    Parts(layout: strategy.parts.update(Self.layout), values: values), of: ClientID(UInt32(client)),
                    examples: Self.papers.sizes[client])
            }
            let root = test.roots.isEmpty ? nil : test.roots[index]
            try await global.advance(
                to: UInt32(index + 1),
                root: root.map { ParameterVector(layout: Self.layout, values: $0.map { Float($0) }) }, on: .shared)
            models.append(global)
        }
        return models
    }

    @Test("A rule is its paper's", arguments: papers.cases)
    func reference(_ test: Case) async throws {
        for (model, expected) in zip(try await run(test, order: { Array(0..<$0) }), test.models) {
            for (one, other) in zip(model.parameters.values, expected) {
                #expect(
                    abs(Double(one) - other) <= 1e-5 * max(1, abs(other)), "\(model.parameters.values), \(expected)")
            }
        }
    }

    @Test("The order in which updates arrive changes no bit", arguments: papers.cases)
    func order(_ test: Case) async throws {
        let digests = try await run(test, order: { Array(0..<$0) }).map(\.server.digest)
        #expect(try await run(test, order: { (0..<$0).reversed() }).map(\.server.digest) == digests)
        #expect(try await run(test, order: { n in (0..<n).map { ($0 * 4 + 3) % n } }).map(\.server.digest) == digests)
    }

    @Test("The number of threads changes no bit, and large models are what small ones are")
    func threads() async throws {
        // More columns than a block has, and no whole number of blocks.
        let layout = ParameterLayout([("x", [9_973])])
        var stream = RandomStream(seed: 3, purpose: .jitter)
        let updates = (0..<9).map { _ in
            ParameterVector(layout: layout, values: (0..<layout.count).map { _ in stream.uniformFloat() - 0.5 })
        }
        for name in ["median", "trimmed-mean", "krum", "bulyan", "rfa", "centered-clipping"] {
            let strategy = try StrategyChoice(name: name, settings: []).make()
            var results: [ContentDigest] = []
            for threads in [1, 3] {
                var global = GlobalModel(
                    server: GlobalModel.begin(ParameterVector(zerosFor: layout), strategy, clients: 9),
                    strategy: strategy,
                    population: 9, clients: 9)
                for (client, update) in updates.enumerated() {
                    try global.include(
                        Parts(layout: strategy.parts.update(layout), values: update), of: ClientID(UInt32(client)),
                        examples: 1)
                }
                try await global.advance(to: 1, on: TrainingThreads(count: threads, model: .logistic))
                results.append(global.server.digest)
                if name == "median" {
                    for column in stride(from: 0, to: layout.count, by: 7) {
                        let sorted = updates.map { $0.values[column] }.sorted()
                        #expect(global.parameters.values[column] == sorted[4])
                    }
                }
                if name == "krum" { #expect(updates.contains(global.parameters)) }
            }
            #expect(results[0] == results[1], "\(name)")
        }
    }

    @Test(
        "The condition of each paper",
        arguments: [
            ("krum", "f=2", 7), ("multi-krum", "f=3", 9), ("multi-krum", "m=12", 12), ("bulyan", "f=2", 11),
            ("median", "server_learning_rate=1", 0),
        ])
    func conditions(name: String, setting: String, least: Int) throws {
        let parts = setting.split(separator: "=").map(String.init)
        let strategy = try StrategyChoice(name: name, settings: [(name: parts[0], text: parts[1])]).make()
        #expect(strategy.obstacle(toUpdates: least) == nil)
        if least > 0 { #expect(strategy.obstacle(toUpdates: least - 1) != nil) }
    }

    @Test(
        "Where no update points where the server's own does, the model stays; an update of no length counts for nothing"
    )
    func noTrust() async throws {
        let layout = ParameterLayout([("x", [2])])
        let strategy = StrategyChoice(FLTrust.self).make()
        func vector(_ values: Float...) -> ParameterVector { ParameterVector(layout: layout, values: values) }
        func made(_ updates: ParameterVector...) async throws -> [Float] {
            var global = GlobalModel(
                server: GlobalModel.begin(vector(0, 0), strategy, clients: 9), strategy: strategy, population: 9,
                clients: 9)
            for (client, update) in updates.enumerated() {
                try global.include(
                    Parts(layout: strategy.parts.update(layout), values: update), of: ClientID(UInt32(client)),
                    examples: 1)
            }
            try await global.advance(to: 1, root: vector(0, 0.5), on: .shared)
            return global.parameters.values
        }
        #expect(try await made(vector(0, -1), vector(-3, -1)) == [0, 0])
        #expect(try await made(vector(0, -1), vector(0, 7), vector(0, 0)) == [0, 0.5])
    }

    @Test("A round whose updates could not be kept has no model")
    func storageFails() async throws {
        struct Full: Error {}
        struct FullStorage: UpdateStorage {
            func append(_ update: ParameterVector) throws { throw Full() }
            func copy(row: Int, _ columns: Range<Int>, to target: UnsafeMutableBufferPointer<Float>) {}
            func removeAll() {}
        }
        let strategy = StrategyChoice(Median.self).make()
        var global = GlobalModel(
            server: GlobalModel.begin(ParameterVector(zerosFor: Self.layout), strategy, clients: 1), strategy: strategy,
            population: 1, clients: 1, storage: FullStorage())
        try global.include(
            Parts(zerosFor: strategy.parts.update(Self.layout)), of: ClientID(0), examples: 1)
        await #expect(throws: Full.self) { try await global.advance(to: 1, on: .shared) }
    }
}

extension TrainingThreads {
    /// For rules; whose model they have does not matter.
    static let shared = TrainingThreads(count: 2, model: .logistic)
}
