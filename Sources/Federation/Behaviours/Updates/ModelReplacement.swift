public import Parameters
public import Randomness
public import Settings

/// Model replacement: w + γ (x − w) with γ = n/m for m attackers of n clients, so that the mean of a round in which the honest
/// updates cancel out is what the attackers have trained. Together with ``Backdoor`` in the same group of clients.
public struct ModelReplacement: Behaviour {
    public static let name = "model-replacement"
    public static let summary = "sends as large a multiple as puts what it has trained in the place of the mean"
    public static let citation = "Bagdasaryan et al., How To Backdoor Federated Learning, 2020, Section 4.2, equation 3"
    public static let settings: [Setting] = [
        Setting(
            "boost", .above(0, upTo: 1000), default: 1,
            "by what n/m, the clients of the round for each attacker, is multiplied")
    ]

    private let boost: Double

    public init(_ values: SettingValues) {
        boost = values.number("boost")
    }

    public func distort(
        _ trained: inout ParameterVector, from start: ParameterVector, _ attack: AttackContext,
        _ stream: inout RandomStream
    ) {
        let factor = boost * Double(attack.cohort) / Double(attack.attackers)
        trained.apply(start) { trained, start in start + factor * (trained - start) }
    }
}
