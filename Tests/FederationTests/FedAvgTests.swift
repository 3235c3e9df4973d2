import Federation
import Parameters
import Testing

struct FedAvgTests {
    private let layout = ParameterLayout([("weight", [2, 2]), ("bias", [2])])

    @Test("The next model is the mean, whatever the last one was")
    func mean() {
        let global = ParameterVector(layout: layout, values: [1, 2, 3, 4, 5, 6])
        let mean = ParameterVector(layout: layout, values: [0.5, -1, 8, 1e-7, 0, 3])
        let strategy = FedAvg()
        #expect(strategy.step(global: global, mean: mean) == mean)
        #expect(strategy.step(global: mean, mean: global) == global)
    }

    @Test("Two clients meet at their weighted mean (McMahan et al. 2017, Algorithm 1)")
    func round() throws {
        let global = ParameterVector(zerosFor: layout)
        var sum = WeightedSum(layout: layout, population: 600)
        try sum.add(ParameterVector(layout: layout, values: [1, 1, 1, 1, 1, 1]), examples: 200)
        try sum.add(ParameterVector(layout: layout, values: [4, 1, -2, 0, 0.25, 7]), examples: 400)
        var strategy = StrategyName.fedavg.makeStrategy()
        let next = strategy.step(global: global, mean: sum.mean())
        let expected: [Float] = [3, 1, -1, 1.0 / 3, 0.5, 5]
        #expect(next.values == expected)
    }

    @Test("Strategies have the names that scenarios use")
    func names() {
        #expect(StrategyName.allCases.contains(.fedavg))
        #expect(StrategyName(rawValue: "fedavg") == .fedavg)
        #expect(StrategyName(rawValue: "FedAvg") == nil)
        #expect(StrategyName.fedavg.makeStrategy() is FedAvg)
    }
}
