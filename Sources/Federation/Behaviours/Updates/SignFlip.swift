public import Parameters
public import Randomness
public import Settings

/// Sign flipping: the client goes as far as it has trained, times a factor, in the opposite direction: w − s (x − w).
public struct SignFlip: Behaviour {
    public static let name = "sign-flip"
    public static let summary = "sends the opposite of what it has trained"
    public static let citation =
        "Li et al., RSA: Byzantine-Robust Stochastic Aggregation Methods for Distributed Learning, 2019, Section 5"
    public static let settings: [Setting] = [
        Setting("strength", .above(0, upTo: 1000), default: 1, "s, by what the opposite is multiplied")
    ]

    private let strength: Double

    public init(_ values: SettingValues) {
        strength = values.number("strength")
    }

    public func distort(
        _ trained: inout ParameterVector, from start: ParameterVector, _ attack: AttackContext,
        _ stream: inout RandomStream
    ) {
        trained.apply(start) { trained, start in start - strength * (trained - start) }
    }
}
