import Federation
import Foundation
import Learning
import Parameters
import Settings
import Testing

/// The strategies whose clients do not wait for each other against their papers' equations in NumPy and Float64
/// (`References/asynchronous.py`): the small problem of ``StrategyReferenceTests``, 20 models, updates of several ages in each.
@Suite struct AsynchronousReferenceTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let strategy: String
        let settings: [String: String]
        /// For each model the updates that it is made of: the client, and their staleness.
        let arrivals: [[[Int]]]
        /// The model that each comes to.
        let models: [[Double]]

        var testDescription: String {
            "\(strategy)" + settings.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        }

        func make() throws -> any Strategy {
            try StrategyChoice(name: strategy, settings: settings.map { (name: $0.key, text: $0.value) }).make()
        }
    }

    private struct File: Decodable {
        let cases: [Case]
    }

    static let cases: [Case] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "References/asynchronous.json")
        // Without it nothing here can be tested.
        return try! JSONDecoder().decode(File.self, from: Data(contentsOf: file)).cases
    }()

    private static let layout = ParameterLayout([("weight", [2, 2]), ("bias", [2])])

    @Test("A strategy is its paper's equations", arguments: cases)
    func reference(_ test: Case) async throws {
        let models = try await run(test) { $0 }
        for (index, (found, expected)) in zip(models, test.models).enumerated() {
            for (one, other) in zip(found.parameters.values, expected) {
                #expect(
                    abs(Double(one) - other) <= 1e-5 * max(1, abs(other)),
                    "model \(index + 1): \(found.parameters.values), not \(expected)")
            }
        }
        #expect(models.count == test.models.count)
    }

    @Test("The order in which the updates of a buffer arrive changes no bit", arguments: cases)
    func order(_ test: Case) async throws {
        let one = try await run(test) { $0 }
        let other = try await run(test) { $0.reversed() }
        #expect(one.map(\.server.digest) == other.map(\.server.digest))
    }

    @Test("What staleness leaves of an update falls, from 1 on", arguments: cases)
    func staleness(_ test: Case) throws {
        let weights = try StalenessWeight(of: test)
        #expect(weights.weight(0) == 1)
        for age in 0..<100 {
            #expect(weights.weight(age + 1) <= weights.weight(age) && weights.weight(age + 1) > 0)
        }
    }

    /// The global model after each buffer.
    private func run(_ test: Case, order: ([[Int]]) -> [[Int]]) async throws -> [GlobalModel] {
        let problem = StrategyReferenceTests.problem
        let strategy = try test.make()
        let initial = ParameterVector(layout: Self.layout, values: problem.initial.map { Float($0) })
        var global = GlobalModel(
            server: GlobalModel.begin(initial, strategy, clients: problem.sizes.count), strategy: strategy,
            population: problem.sizes.reduce(0, +), clients: problem.sizes.count)
        var models = [global]
        for (index, arrivals) in test.arrivals.enumerated() {
            for arrival in order(arrivals) {
                let (client, age) = (arrival[0], arrival[1])
                let update = train(client, strategy, models[models.count - 1 - age].broadcast)
                try global.include(
                    update, of: ClientID(UInt32(client)), examples: problem.sizes[client], staleness: age)
            }
            try await global.advance(to: UInt32(index + 1), on: .shared)
            models.append(global)
        }
        return Array(models.dropFirst())
    }

    private func train(_ client: Int, _ strategy: any Strategy, _ broadcast: Parts) -> Parts {
        let problem = StrategyReferenceTests.problem
        var nothing = Parts(zerosFor: strategy.parts.client(Self.layout))
        let correction = strategy.correction(broadcast, nothing)
        let start = broadcast[vector: "model"]
        var w = start.values.map { Double($0) }
        for _ in 0..<problem.steps[client] {
            let gradient = problem.gradient(client, w)
            for place in w.indices {
                let anchor = correction.anchor.map { Double($0.values[place]) } ?? 0
                w[place] -= problem.rate * (gradient[place] + Double(correction.alpha) * (w[place] - anchor))
            }
        }
        var update = Parts(zerosFor: strategy.parts.update(Self.layout))
        strategy.finish(
            LocalTraining(
                start: start, model: ParameterVector(layout: Self.layout, values: w.map { Float($0) }), personal: nil,
                examples: problem.sizes[client], steps: problem.steps[client], learningRate: problem.rate, momentum: 0,
                initialLoss: 0),
            broadcast, update: &update, client: &nothing)
        return update
    }
}

extension StalenessWeight {
    fileprivate init(of test: AsynchronousReferenceTests.Case) throws {
        let choice = try StrategyChoice(
            name: test.strategy, settings: test.settings.map { (name: $0.key, text: $0.value) })
        self.init(choice.values)
    }
}
