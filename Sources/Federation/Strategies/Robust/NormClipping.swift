public import Parameters
public import Settings

/// Norm clipping: an update that is longer than M is shortened to it before it counts, xₖ ← w + (xₖ − w) min(1, M / ‖xₖ − w‖);
/// the rest is FedAvg. The sum takes updates as they come.
public struct NormClipping: AveragingStrategy {
    public static let name = "norm-clipping"
    public static let summary = "FedAvg with updates that are shortened to a length"
    public static let citation = "Sun et al., Can You Really Backdoor Federated Learning?, 2019, Section 5"
    public static let isDefence = true
    public static let settings: [Setting] = [
        Setting("max_norm", .above(0, upTo: 1_000_000), default: 1, "M, the length that an update is shortened to"),
        .serverLearningRate(), Weighting.setting(default: .examples),
    ]

    public let weighting: Weighting
    public let serverLearningRate: Double
    private let maxNorm: Double

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        maxNorm = values.number("max_norm")
        weighting = Weighting(values)
    }

    public var parts: StrategyParts { StrategyParts() }

    public func receive(_ update: inout Parts, _ server: Parts, staleness: Int) {
        let model = server[vector: "model"]
        let norm = update[vector: "parameters"].squaredDistance(to: model).squareRoot()
        guard norm > maxNorm else { return }
        let scale = maxNorm / norm
        update[vector: "parameters"].apply(model) { value, model in model + scale * (value - model) }
    }
}
