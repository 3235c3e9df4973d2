import Federation
import Learning
import Parameters
import Settings
import Testing

/// Updates that come as differences from the model.
@Suite struct DifferenceTests {
    private let layout = ParameterLayout([("a.weight", [2, 3]), ("b.bias", [2])])

    private func vector(_ first: Float, _ step: Float) -> ParameterVector {
        ParameterVector(layout: layout, values: (0..<layout.count).map { first + step * Float($0) })
    }

    private func update(_ parameters: ParameterVector, _ other: ParameterVector) -> Parts {
        var update = Parts(
            zerosFor: PartsLayout(layout, vectors: ["parameters", "control_change"], scalars: ["steps"]))
        update[vector: "parameters"] = parameters
        update[vector: "control_change"] = other
        update[scalar: "steps"] = 3
        return update
    }

    @Test("Only the parameters become a difference, and come back")
    func parts() {
        // Sums of so few bits are exact.
        let (model, trained, other) = (vector(1, 0.25), vector(-2, 0.5), vector(8, 1))
        var parts = update(trained, other)
        parts.subtract(model: model)
        #expect(parts[vector: "parameters"] == vector(-3, 0.25))
        #expect(parts[vector: "control_change"] == other && parts[scalar: "steps"] == 3)
        parts.add(model: model)
        #expect(parts == update(trained, other))
        var direction = Parts(
            layout: PartsLayout(layout, vectors: ["direction"]), values: trained)
        direction.subtract(model: model)
        #expect(direction.values == trained)
    }

    /// What the model loses on its way to the clients is not lost to the server: it adds the difference to what it has.
    @Test("The server adds what clients changed to its own model", arguments: ["fedavg", "median", "fedavgm"])
    func aggregate(name: String) async throws {
        let strategy = StrategyChoice(try #require(Strategies.named(name))).make()
        let model = vector(1, 0.125)
        let trained = [vector(0.5, 0.25), vector(2, -0.125), vector(1, 0.5)]
        func result(_ updates: [ParameterVector], addsDifferences: Bool) async throws -> Parts {
            var global = GlobalModel(
                server: GlobalModel.begin(model, strategy, clients: 3), strategy: strategy, population: 30, clients: 3,
                addsDifferences: addsDifferences)
            for (client, update) in updates.enumerated() {
                try global.include(
                    Parts(layout: PartsLayout(layout, vectors: ["parameters"]), values: update),
                    of: ClientID(UInt32(client)), examples: 10)
            }
            try await global.advance(to: 1, on: TrainingThreads(count: 1, model: .logistic))
            return global.server
        }
        let whole = try await result(trained, addsDifferences: false)
        let differences = trained.map { $0.combined(with: model) { own, model in own - model } }
        #expect(try await result(differences, addsDifferences: true) == whole)
    }

    @Test("An update that goes beyond the range together with the model is refused")
    func range() throws {
        let strategy = StrategyChoice.fedavg.make()
        let model = vector(WeightedSum.limit, 0)
        let global = GlobalModel(
            server: GlobalModel.begin(model, strategy, clients: 1), strategy: strategy, population: 10, clients: 1,
            addsDifferences: true)
        let update = Parts(layout: PartsLayout(layout, vectors: ["parameters"]), values: model)
        #expect(throws: AggregationError.self) { try global.check(update, examples: 10) }
    }
}
