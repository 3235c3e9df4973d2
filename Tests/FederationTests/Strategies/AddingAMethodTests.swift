import Federation
import Foundation
import Learning
import Parameters
import Randomness
import Settings
import Testing

/// MIFA: the server remembers every client's last update, those of clients that are away among them. Client:
/// Δᵢ = x − yᵢ, of which it sends the change Δᵢ − Δᵢ'; server: G ← G + 1/N Σ (Δᵢ − Δᵢ'), x ← x − η G.
struct MIFA: Strategy {
    static let name = "mifa"
    static let summary = "clients that are away count with their last update"
    static let citation =
        "Gu et al., Fast Federated Learning in the Presence of Arbitrary Device Unavailability, 2021, Algorithm 1"
    static let settings = [
        Setting("server_learning_rate", .above(0, upTo: 1000), default: 1, "η of the server's step")
    ]

    let weighting = Weighting.uniform
    private let serverLearningRate: Double

    init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
    }

    var parts: StrategyParts {
        StrategyParts(serverVectors: ["memory"], updateVectors: ["change"], clientVectors: ["last"])
    }

    func finish(_ training: LocalTraining, _ broadcast: Parts, update: inout Parts, client: inout Parts) {
        let difference = training.start.combined(with: training.model) { start, trained in start - trained }
        update[vector: "change"] = difference.combined(with: client[vector: "last"]) { new, old in new - old }
        client[vector: "last"] = difference
    }

    func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        let share = Double(aggregate.count) / Double(round.clients)
        var memory = server[vector: "memory"]
        memory.apply(aggregate.mean[vector: "change"]) { memory, change in memory + share * change }
        server[vector: "model"].apply(memory) { [rate = serverLearningRate] model, memory in model - rate * memory }
        server[vector: "memory"] = memory
    }
}

/// The medoid: the one update with the least sum of distances to all others.
struct Medoid: RobustStrategy {
    static let name = "medoid"
    static let summary = "the update that is nearest to all others"
    static let citation = "Kaufman and Rousseeuw, Clustering by Means of Medoids, 1987"
    static let settings: [Setting] = []

    let serverLearningRate = 1.0
    let needsGeometry = true

    init(_ values: SettingValues) {}

    func obstacle(toUpdates count: Int) -> String? { count >= 3 ? nil : "needs 3 updates" }

    func combination(of updates: UpdateGeometry) -> Combination {
        let all = 0..<updates.count
        let sums = all.map { i in all.reduce(0) { $0 + updates.squaredDistance(i, $1).squareRoot() } }
        let best = all.min { (sums[$0], $0) < (sums[$1], $1) } ?? 0
        return .mean(of: [best], among: updates.count)
    }
}

/// The same-value attack: every value of the model is the same number.
struct SameValue: Behaviour {
    static let name = "same-value"
    static let summary = "sends a model whose values are all the same"
    static let citation =
        "Li et al., RSA: Byzantine-Robust Stochastic Aggregation Methods for Distributed Learning, 2019, Section 5"
    static let settings = [Setting("value", .from(-100, upTo: 100), default: 1, "what all values are")]

    private let value: Double

    init(_ values: SettingValues) {
        value = values.number("value")
    }

    func distort(
        _ trained: inout ParameterVector, from start: ParameterVector, _ attack: AttackContext,
        _ stream: inout RandomStream
    ) {
        trained.apply(start) { [value] _, _ in value }
    }
}

/// The examples in `AddingAMethod.md` are those above, and do what their papers say.
@Suite struct AddingAMethodTests {
    @Test("The examples of the documentation are compiled here")
    func examples() throws {
        let here = URL(filePath: #filePath)
        let root = (0..<4).reduce(here) { path, _ in path.deletingLastPathComponent() }
        let document = try String(
            contentsOf: root.appending(path: "Sources/Federation/Federation.docc/AddingAMethod.md"), encoding: .utf8)
        let examples = document.components(separatedBy: "```swift\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(examples.count == 3)
        let code = try String(contentsOf: here, encoding: .utf8)
        #expect(examples.allSatisfy { code.contains($0) })
    }

    @Test("The medoid is one of the updates")
    func medoid() async throws {
        let layout = ParameterLayout([("x", [1])])
        let strategy = Medoid(SettingValues(Medoid.settings))
        var global = GlobalModel(
            server: GlobalModel.begin(ParameterVector(zerosFor: layout), strategy, clients: 4), strategy: strategy,
            population: 4,
            clients: 4)
        for (client, value) in [9, 2, 1, -40].enumerated() as EnumeratedSequence<[Float]> {
            try global.include(
                Parts(layout: strategy.parts.update(layout), values: ParameterVector(layout: layout, values: [value])),
                of: ClientID(UInt32(client)), examples: 1)
        }
        try await global.advance(to: 1, on: .shared)
        #expect(global.parameters.values == [2])
    }

    @Test("All values of the attacker's model are the same")
    func sameValue() {
        let layout = ParameterLayout([("x", [3])])
        var trained = ParameterVector(layout: layout, values: [1, 2, 3])
        var stream = RandomStream(seed: 1, purpose: .attackNoise)
        SameValue(SettingValues(SameValue.settings)).distort(
            &trained, from: ParameterVector(zerosFor: layout), AttackContext(round: 1, cohort: 5, attackers: 1), &stream
        )
        #expect(trained.values == [1, 1, 1])
    }

    @Test("A client that is away counts with its last update")
    func away() async throws {
        let layout = ParameterLayout([("x", [2])])
        let strategy = MIFA(SettingValues(MIFA.settings))
        let initial = ParameterVector(layout: layout, values: [1, 2])
        var global = GlobalModel(
            server: GlobalModel.begin(initial, strategy, clients: 2), strategy: strategy, population: 20, clients: 2)
        var states = [0, 1].map { _ in Parts(zerosFor: strategy.parts.client(layout)) }
        // What a client's training takes from the model, whatever that is.
        let steps: [[Float]] = [[0.5, 0], [0, 0.25]]
        func train(_ client: Int) throws {
            let start = global.broadcast[vector: "model"]
            let trained = ParameterVector(layout: layout, values: zip(start.values, steps[client]).map { $0 - $1 })
            var update = Parts(zerosFor: strategy.parts.update(layout))
            strategy.finish(
                LocalTraining(start: start, model: trained, examples: 10, steps: 1, learningRate: 0.1),
                global.broadcast, update: &update, client: &states[client])
            try global.include(update, of: ClientID(UInt32(client)), examples: 10)
        }
        try train(0)
        try train(1)
        try await global.advance(to: 1, on: .shared)
        #expect(global.parameters.values == [0.75, 1.875])
        try train(0)
        try await global.advance(to: 2, on: .shared)
        #expect(global.parameters.values == [0.5, 1.75])
    }
}
