public import Parameters
public import Settings

/// Centred clipping: around v, the last round's result, no update counts with more than τ:
/// v ← v + 1/n Σ (xᵢ − v) min(1, τ / ‖xᵢ − v‖), a few times. v and xᵢ are differences from the round's model; the first v is
/// zero.
///
/// Deviation from the paper: its workers send momenta, clients here what they trained.
public struct CenteredClipping: RobustStrategy {
    public static let name = "centered-clipping"
    public static let summary = "no update counts with more than a distance from the last round's"
    public static let citation =
        "Karimireddy et al., Learning from History for Byzantine Robust Optimization, 2021, Algorithm 2"
    public static let settings: [Setting] = [
        Setting("radius", .above(0, upTo: 1_000_000), default: 1, "τ, the distance beyond which an update is clipped"),
        Setting(
            "iterations", .wholeNumber(1...1_000), default: .wholeNumber(1), "how often the rule improves on its answer"
        ),
        .serverLearningRate(),
    ]

    public let serverLearningRate: Double
    private let tau: Double
    private let iterations: Int

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        tau = values.number("radius")
        iterations = values.wholeNumber("iterations")
    }

    public var parts: StrategyParts { StrategyParts(serverVectors: ["center"]) }

    public let needsGeometry = true

    public var anchor: String? { "center" }

    public func combination(of updates: UpdateGeometry) -> Combination {
        // v as Σ cᵢ xᵢ, the last of the points being the v of the round before.
        var v = [Double](repeating: 0, count: updates.count + 1)
        v[updates.anchor] = 1
        for _ in 0..<iterations {
            let scales = updates.distances(fromCombination: v).prefix(updates.count).map { [tau] distance in
                (distance > tau ? tau / distance : 1) / Double(updates.count)
            }
            let kept = 1 - scales.reduce(0, +)
            for index in v.indices { v[index] *= kept }
            for (index, scale) in scales.enumerated() { v[index] += scale }
        }
        return .linear(Array(v.dropLast()), anchor: v[updates.anchor])
    }

    public func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext) {
        let result = aggregate.mean[vector: "parameters"]
        server[vector: "center"] = result.combined(with: server[vector: "model"]) { result, model in result - model }
        server.move(towards: result, by: serverLearningRate * round.rateFactor)
    }
}
