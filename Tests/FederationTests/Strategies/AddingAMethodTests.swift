import Federation
import Foundation
import Learning
import Parameters
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

/// The example in `AddingAMethod.md` is the one above, and does what its paper says.
@Suite struct AddingAMethodTests {
    @Test("The example of the documentation is compiled here")
    func example() throws {
        let here = URL(filePath: #filePath)
        let root = (0..<4).reduce(here) { path, _ in path.deletingLastPathComponent() }
        let document = try String(
            contentsOf: root.appending(path: "Sources/Federation/Federation.docc/AddingAMethod.md"), encoding: .utf8)
        let example = try #require(
            document.components(separatedBy: "```swift\n").last?.components(separatedBy: "```").first)
        #expect(try String(contentsOf: here, encoding: .utf8).contains(example))
    }

    @Test("A client that is away counts with its last update")
    func away() throws {
        let layout = ParameterLayout([("x", [2])])
        let strategy = MIFA(SettingValues(MIFA.settings))
        let initial = ParameterVector(layout: layout, values: [1, 2])
        var global = GlobalModel(
            server: GlobalModel.begin(initial, strategy), strategy: strategy, population: 20, clients: 2)
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
        global.advance(to: 1)
        #expect(global.parameters.values == [0.75, 1.875])
        try train(0)
        global.advance(to: 2)
        #expect(global.parameters.values == [0.5, 1.75])
    }
}
