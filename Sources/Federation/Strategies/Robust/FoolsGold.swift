import Randomness
public import Settings

/// FoolsGold: clients whose updates have pointed the same way from round to round are taken for sybils of one attacker, and count
/// the less the more alike they are. With Hᵢ = Σ Δᵢ over all rounds, in the output layer, and csᵢⱼ = cos(Hᵢ, Hⱼ) of the round's
/// clients: vᵢ = maxⱼ csᵢⱼ; where vⱼ > vᵢ, csᵢⱼ is multiplied by vᵢ / vⱼ, which pardons honest clients that are like some sybil;
/// αᵢ = 1 − maxⱼ csᵢⱼ, divided by the greatest; αᵢ = κ (ln(αᵢ / (1 − αᵢ)) + 1/2), kept in 0 … 1; w ← w + η/n Σ αᵢ Δᵢ.
///
/// As in the authors' code the sum is divided by n, since updates are whole local trainings and not single gradients, and no
/// client is like another with less than 0. All values of the output layer count alike: the paper's importance filter is left
/// out.
public struct FoolsGold: RobustStrategy {
    public static let name = "foolsgold"
    public static let summary = "clients count the less the more alike their updates have been over all rounds"
    public static let citation =
        "Fung, Yoon and Beschastnikh, The Limitations of Federated Learning in Sybil Settings, 2020, Algorithm 1"
    public static let settings: [Setting] = [
        Setting(
            "confidence", .above(0, upTo: 100), default: 1,
            "κ: the greater, the sooner clients that are alike count nothing, and others whole"),
        .serverLearningRate(),
    ]

    public let serverLearningRate: Double
    private let kappa: Double

    public init(_ values: SettingValues) {
        serverLearningRate = values.number("server_learning_rate")
        kappa = values.number("confidence")
    }

    public var parts: StrategyParts { StrategyParts(serverTables: ["history"]) }

    public let needsGeometry = true

    public var history: String? { "history" }

    public func combination(of updates: UpdateGeometry) -> Combination {
        let clients = 0..<updates.count
        let lengths = clients.map { updates.norm($0) }
        func similarity(_ i: Int, _ j: Int) -> Double {
            let product = lengths[i] * lengths[j]
            return i != j && product > 0 ? updates.product(i, j) / product : 0
        }
        let v = clients.map { i in clients.reduce(0) { max($0, similarity(i, $1)) } }
        let alpha = clients.map { i in
            1 - clients.reduce(0) { max($0, similarity(i, $1) * (v[$1] > v[i] ? v[i] / v[$1] : 1)) }
        }
        let greatest = alpha.max() ?? 0
        return .linear(
            alpha.map { greatest > 0 ? logit($0 / greatest) / Double(updates.count) : 0 })
    }

    private func logit(_ alpha: Double) -> Double {
        guard alpha > 0 else { return 0 }
        guard alpha < 1 else { return 1 }
        return min(max(kappa * (PortableMath.log(alpha / (1 - alpha)) + 0.5), 0), 1)
    }
}
