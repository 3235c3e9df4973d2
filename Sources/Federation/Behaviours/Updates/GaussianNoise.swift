public import Parameters
public import Randomness
public import Settings

/// The Gaussian attack: noise on what the client has trained, so strong that nothing else is left of it.
public struct GaussianNoise: Behaviour {
    public static let name = "gaussian"
    public static let summary = "adds strong noise to what it has trained"
    public static let citation =
        "Blanchard et al., Machine Learning with Adversaries: Byzantine Tolerant Gradient Descent, 2017, Section 5"
    public static let settings: [Setting] = [
        Setting("deviation", .above(0, upTo: 100), default: 10, "the standard deviation of the noise")
    ]

    private let deviation: Double

    public init(_ values: SettingValues) {
        deviation = values.number("deviation")
    }

    public func distort(
        _ trained: inout ParameterVector, from start: ParameterVector, _ attack: AttackContext,
        _ stream: inout RandomStream
    ) {
        trained.addNoise(deviation: deviation, &stream)
    }
}
