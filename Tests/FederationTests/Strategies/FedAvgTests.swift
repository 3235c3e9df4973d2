import Federation
import Parameters
import Settings
import Testing

struct FedAvgTests {
    private let layout = ParameterLayout([("weight", [2, 2]), ("bias", [2])])

    @Test("The next model is the mean, whatever the last one was")
    func mean() async throws {
        let initial = ParameterVector(layout: layout, values: [1, 2, 3, 4, 5, 6])
        let trained = ParameterVector(layout: layout, values: [0.5, -1, 8, 1e-7, 0, 3])
        var global = Self.global(initial, population: 10)
        try global.include(Self.update(trained), of: ClientID(0), examples: 10)
        try await global.advance(to: 1, on: .shared)
        var sum = WeightedSum(layout: layout, population: 10)
        try sum.add(trained, examples: 10)
        #expect(global.parameters == sum.mean())
        #expect(global.server.digest == global.parameters.digest)
    }

    @Test("Two clients meet at their weighted mean (McMahan et al. 2017, Algorithm 1)")
    func round() async throws {
        var global = Self.global(ParameterVector(zerosFor: layout), population: 600)
        let second = ParameterVector(layout: layout, values: [4, 1, -2, 0, 0.25, 7])
        try global.include(Self.update(second), of: ClientID(1), examples: 400)
        let first = ParameterVector(layout: layout, values: [1, 1, 1, 1, 1, 1])
        try global.include(Self.update(first), of: ClientID(0), examples: 200)
        #expect(global.examples == 600)
        try await global.advance(to: 1, on: .shared)
        let expected: [Float] = [3, 1, -1, 1.0 / 3, 0.5, 5]
        #expect(global.parameters.values == expected)
        #expect(global.examples == 0)
    }

    @Test("Strategies have the names that scenarios use")
    func names() throws {
        #expect(Strategies.named("fedavg") != nil)
        #expect(Strategies.named("FedAvg") == nil)
        #expect(StrategyChoice.fedavg.make() is FedAvg)
        #expect(throws: SettingMistake(name: "mu", text: nil)) {
            try StrategyChoice(name: "fedavg", settings: [(name: "mu", text: "1")])
        }
        #expect(throws: SettingMistake(name: "strategy", text: "fedfoo")) {
            try StrategyChoice(name: "fedfoo", settings: [])
        }
    }

    @Test("An update with a number that is not finite is refused")
    func notFinite() throws {
        let strategy = FedNova(SettingValues(FedNova.settings))
        let server = GlobalModel.begin(ParameterVector(zerosFor: layout), strategy, clients: 1)
        var global = GlobalModel(server: server, strategy: strategy, population: 10, clients: 1)
        let update = Parts(
            layout: strategy.parts.update(layout), values: ParameterVector(zerosFor: layout), scalars: [.infinity])
        #expect(throws: AggregationError.notFinite(.infinity)) {
            try global.include(update, of: ClientID(0), examples: 10)
        }
        #expect(throws: AggregationError.wrongLayout) {
            try global.include(Self.update(ParameterVector(zerosFor: layout)), of: ClientID(0), examples: 10)
        }
        #expect(global.examples == 0)
    }

    private static func global(_ model: ParameterVector, population: Int) -> GlobalModel {
        let strategy = StrategyChoice.fedavg.make()
        return GlobalModel(
            server: GlobalModel.begin(model, strategy, clients: 2), strategy: strategy, population: population,
            clients: 2)
    }

    private static func update(_ parameters: ParameterVector) -> Parts {
        Parts(layout: PartsLayout(parameters.layout, vectors: ["parameters"]), values: parameters)
    }
}
