import Federation
import Foundation
import Learning
import Parameters
import Randomness
import Settings
import Testing

/// Every strategy against its paper's equations in NumPy and Float64 (`References/strategies.py`): three clients of unequal
/// sizes and steps, 20 rounds, not all clients in each of them.
@Suite struct StrategyReferenceTests {
    struct Problem: Decodable, Sendable {
        let sizes: [Int]
        let steps: [Int]
        let rate: Double
        let a: [[[Double]]]
        let b: [[Double]]
        let initial: [Double]
        let cases: [Case]

        /// F(w) = 1/(2n) ‖A w − b‖² of a client.
        func loss(_ client: Int, _ w: [Double]) -> Double {
            residuals(client, w).reduce(0) { $0 + $1 * $1 } / Double(2 * sizes[client])
        }

        func gradient(_ client: Int, _ w: [Double]) -> [Double] {
            let residuals = residuals(client, w)
            return w.indices.map { place in
                zip(a[client], residuals).reduce(0) { $0 + $1.0[place] * $1.1 } / Double(sizes[client])
            }
        }

        private func residuals(_ client: Int, _ w: [Double]) -> [Double] {
            zip(a[client], b[client]).map { row, value in zip(row, w).reduce(-value) { $0 + $1.0 * $1.1 } }
        }
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let strategy: String
        let settings: [String: String]
        /// Steps of every client, where they are not the problem's.
        let steps: Int?
        let momentum: Double
        /// The model after each round.
        let models: [[Double]]
        /// What stays with each client after each round, where anything does.
        let own: [[[Double]]]?

        var testDescription: String {
            let settings = settings.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            return "\(strategy)\(settings)\(momentum > 0 ? ", momentum \(momentum)" : "")"
        }

        var choice: StrategyChoice {
            get throws(SettingMistake) {
                try StrategyChoice(name: strategy, settings: settings.map { (name: $0.key, text: $0.value) })
            }
        }
    }

    static let problem: Problem = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "References/strategies.json")
        // Without it nothing here can be tested.
        return try! JSONDecoder().decode(Problem.self, from: Data(contentsOf: file))
    }()

    private static let layout = ParameterLayout([("weight", [2, 2]), ("bias", [2])])

    @Test("A strategy is its paper's equations", arguments: problem.cases)
    func reference(_ test: Case) async throws {
        var run = try Run(test)
        for (index, expected) in test.models.enumerated() {
            try await run.round(UInt32(index + 1)) { $0 }
            compare(run.global.parameters, expected, "round \(index + 1)")
            guard let own = test.own else { continue }
            for (client, expected) in own[index].enumerated() {
                compare(run.clients[client].values, expected, "round \(index + 1), client \(client)")
            }
        }
    }

    private func compare(_ vector: ParameterVector, _ expected: [Double], _ place: String) {
        let found = vector.values.map { Double($0) }
        #expect(found.count == expected.count)
        for (one, other) in zip(found, expected) {
            #expect(abs(one - other) <= 1e-5 * max(1, abs(other)), "\(place): \(found), not \(expected)")
        }
    }

    @Test("The order in which updates arrive changes no bit", arguments: problem.cases)
    func order(_ test: Case) async throws {
        var run = try Run(test)
        var other = try Run(test)
        for round in 1...UInt32(6) {
            try await run.round(round) { $0 }
            try await other.round(round) { $0.reversed() }
            #expect(run.global.server.digest == other.global.server.digest)
        }
    }

    @Test("All strategies of the list have a reference")
    func complete() {
        let referenced =
            Self.problem.cases.map(\.strategy) + RobustRuleTests.papers.cases.map(\.strategy)
            + AsynchronousReferenceTests.cases.map(\.strategy)
        #expect(Set(referenced) == Set(Strategies.all.map { $0.name }))
    }

    @Test("Names, words and defaults are in order")
    func declarations() throws {
        let names = Strategies.all.map { $0.name }
        #expect(Set(names).count == names.count)
        for type in Strategies.all {
            #expect(type.name == type.name.lowercased() && !type.summary.isEmpty && type.citation.contains("20"))
            for setting in type.settings {
                #expect(setting.value(of: setting.standard.text) == setting.standard)
                #expect(!setting.meaning.isEmpty)
            }
            let choice = StrategyChoice(type)
            #expect(try StrategyChoice(name: choice.name, settings: choice.values.texts) == choice)
        }
    }

    @Test("Where the clients' mean is the model itself, an adaptive server stays where it is")
    func differenceNotMean() async throws {
        let model = ParameterVector(layout: Self.layout, values: [1, -2, 3, 4, 0.5, 6])
        for name in ["fedadagrad", "fedadam", "fedyogi", "fedavgm"] {
            let strategy = try StrategyChoice(name: name, settings: []).make()
            var global = GlobalModel(
                server: GlobalModel.begin(model, strategy, clients: 1), strategy: strategy, population: 4, clients: 1)
            let update = Parts(layout: strategy.parts.update(Self.layout), values: model)
            try global.include(update, of: ClientID(0), examples: 4)
            try await global.advance(to: 1, on: .shared)
            #expect(global.parameters == model)
        }
    }

    /// One run of the small problem.
    private struct Run {
        let test: Case
        let strategy: any Strategy
        var global: GlobalModel
        var clients: [Parts]

        init(_ test: Case) throws {
            self.test = test
            strategy = try test.choice.make()
            let initial = ParameterVector(layout: layout, values: problem.initial.map { Float($0) })
            global = GlobalModel(
                server: GlobalModel.begin(initial, strategy, clients: problem.sizes.count), strategy: strategy,
                population: problem.sizes.reduce(0, +), clients: problem.sizes.count)
            var nothing = Parts(zerosFor: strategy.parts.client(layout))
            strategy.begin(client: &nothing, initial: initial)
            clients = problem.sizes.map { [nothing] _ in nothing }
        }

        mutating func round(_ round: UInt32, order: ([Int]) -> [Int]) async throws {
            let broadcast = global.broadcast
            for client in order(round.isMultiple(of: 2) ? [0, 1, 2] : [0, 2]) {
                let update = train(client, broadcast)
                try global.include(update, of: ClientID(UInt32(client)), examples: problem.sizes[client])
            }
            try await global.advance(to: round, on: .shared)
        }

        /// The client's steps, in Double, and what the strategy makes of them.
        private mutating func train(_ client: Int, _ broadcast: Parts) -> Parts {
            let plan = strategy.plan(broadcast, clients[client], of: layout)
            let epoch = test.steps ?? problem.steps[client]
            let initialLoss = problem.loss(client, plan.start.values.map { Double($0) })
            var model = plan.start
            var steps = 0
            for phase in plan.phases {
                let count = epoch * (phase.epochs ?? 1)
                model = trained(model, client, count, phase.correction, frozen: phase.frozen)
                steps += count
            }
            let personal = plan.personal.map { trained($0.start, client, epoch * $0.epochs, $0.correction) }
            var update = Parts(zerosFor: strategy.parts.update(layout))
            strategy.finish(
                LocalTraining(
                    start: plan.start, model: model, personal: personal, examples: problem.sizes[client], steps: steps,
                    learningRate: problem.rate, momentum: test.momentum, initialLoss: initialLoss),
                broadcast, update: &update, client: &clients[client])
            return update
        }

        private func trained(
            _ start: ParameterVector, _ client: Int, _ steps: Int, _ correction: GradientCorrection,
            frozen: Set<String> = []
        ) -> ParameterVector {
            var w = start.values.map { Double($0) }
            var velocity = w.map { _ in 0.0 }
            let still = Set(layout.tensors.filter { frozen.contains($0.layer) }.flatMap { Array($0.range) })
            for _ in 0..<steps {
                let gradient = problem.gradient(client, w)
                for place in w.indices where !still.contains(place) {
                    let anchor = correction.anchor.map { Double($0.values[place]) } ?? 0
                    let offset = correction.offset.map { Double($0.values[place]) } ?? 0
                    let corrected = gradient[place] + Double(correction.alpha) * (w[place] - anchor) + offset
                    velocity[place] = test.momentum * velocity[place] + corrected
                    w[place] -= problem.rate * velocity[place]
                }
            }
            return ParameterVector(layout: layout, values: w.map { Float($0) })
        }
    }
}
