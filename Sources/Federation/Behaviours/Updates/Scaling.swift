public import Parameters
public import Randomness
public import Settings

/// Scaling: the client goes further than it has trained, so that it counts for more: w + γ (x − w).
public struct Scaling: Behaviour {
    public static let name = "scaling"
    public static let summary = "sends a multiple of what it has trained"
    public static let citation =
        "Bhagoji et al., Analyzing Federated Learning through an Adversarial Lens, 2019, Section 3.1, explicit boosting"
    public static let settings: [Setting] = [
        Setting("factor", .above(0, upTo: 1_000_000), default: 10, "γ, by what the client's difference is multiplied")
    ]

    private let factor: Double

    public init(_ values: SettingValues) {
        factor = values.number("factor")
    }

    public func distort(
        _ trained: inout ParameterVector, from start: ParameterVector, _ attack: AttackContext,
        _ stream: inout RandomStream
    ) {
        trained.apply(start) { trained, start in start + factor * (trained - start) }
    }
}
