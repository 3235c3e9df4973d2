public import Parameters
public import Settings

/// FedBuff: buffered asynchronous aggregation. Clients train without waiting for each other; K of their differences make a model,
/// each by what its staleness leaves of it: w ← w + η/K Σ s(τₖ) Δₖ with Δₖ = yₖ − w of the model that the client began with.
///
/// K is that of the updates in the buffer, as in the paper's algorithm; with `divide_by: weights` it is Σ s(τₖ), so that old updates
/// count less beside new ones and no step becomes small for being old.
public struct FedBuff: Strategy {
    public static let name = "fedbuff"
    public static let summary =
        "clients that do not wait for each other; each full buffer of their differences makes a model"
    public static let citation =
        "Nguyen et al., Federated Learning with Buffered Asynchronous Aggregation, 2022, Algorithm 1"
    public static let settings: [Setting] =
        [
            Setting(
                "buffer", .wholeNumber(1...100_000), default: .wholeNumber(10), "K, the updates that make a model")
        ] + Asynchrony.settings + StalenessWeight.settings + [
            .serverLearningRate(),
            Setting(
                "divide_by", .word(["updates", "weights"]), default: .word("updates"),
                "what the sum of the buffer is divided by: the number of its updates, or the sum of their s(τ)"),
            Weighting.setting(default: .uniform),
        ]

    public let weighting: Weighting
    public let asynchrony: Asynchrony?
    private let staleness: StalenessWeight
    private let serverLearningRate: Double
    private let dividesByWeights: Bool

    public init(_ values: SettingValues) {
        weighting = Weighting(values)
        asynchrony = Asynchrony(buffer: values.wholeNumber("buffer"), values)
        staleness = StalenessWeight(values)
        serverLearningRate = values.number("server_learning_rate")
        dividesByWeights = values.word("divide_by") == "weights"
    }

    public var parts: StrategyParts { StrategyParts(updateVectors: ["difference"]) }

    public func finish(_ training: LocalTraining, _ broadcast: Parts, update: inout Parts, client: inout Parts) {
        update[vector: "difference"] = training.model.combined(with: training.start) { trained, start in trained - start
        }
    }

    public func receive(_ update: inout Parts, _ server: Parts, staleness age: Int) {
        let weight = staleness.weight(age)
        guard weight != 1 else { return }
        update.withMutableValues(of: "difference") { values in
            for place in values.indices { values[place] = Float(weight * Double(values[place])) }
        }
    }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        var rate = serverLearningRate * round.rateFactor
        if dividesByWeights {
            let weights = aggregate.contributions.reduce(0) { $0 + Double($1.weight) * staleness.weight($1.staleness) }
            rate *= Double(aggregate.weight) / weights
        }
        server[vector: "model"].apply(aggregate.mean[vector: "difference"]) { model, difference in
            model + rate * difference
        }
    }
}
