public import Parameters
public import Randomness
public import Settings

/// A free rider: it trains nothing, and claims the model that it was sent; disguised, with Gaussian noise of standard deviation
/// φ t^−γ, which grows smaller from round to round as honest updates do.
public struct FreeRider: Behaviour {
    public static let name = "free-rider"
    public static let summary = "sends the model that it was sent, with noise as a disguise"
    public static let citation =
        "Fraboni et al., Free-rider Attacks on Model Aggregation in Federated Learning, 2021, Section 3"
    public static let settings: [Setting] = [
        Setting(
            "phi", .from(0, upTo: 100), default: 0,
            "φ, the standard deviation of the disguise in the first round; 0: none"),
        Setting("gamma", .from(0, upTo: 10), default: 1, "γ, how fast the disguise grows smaller: φ t^-γ in round t"),
    ]

    private let phi: Double
    private let gamma: Double

    public init(_ values: SettingValues) {
        phi = values.number("phi")
        gamma = values.number("gamma")
    }

    public var trains: Bool { false }

    public func distort(
        _ trained: inout ParameterVector, from start: ParameterVector, _ attack: AttackContext,
        _ stream: inout RandomStream
    ) {
        guard phi > 0 else { return }
        trained.addNoise(deviation: phi * PortableMath.pow(Double(attack.round), -gamma), &stream)
    }
}

extension ParameterVector {
    /// Adds N(0, deviation²) to each value.
    mutating func addNoise(deviation: Double, _ stream: inout RandomStream) {
        withMutableValues { values in
            for index in 0..<values.count {
                values[index] = Float(Double(values[index]) + deviation * stream.portableNormal())
            }
        }
    }
}
