public import Parameters
import Randomness
public import Settings

/// "A little is enough": all attackers send μ − z σ, coordinate by coordinate, with mean and standard deviation of the honest
/// updates that they know. z = Φ⁻¹((n − m − s)/(n − m)) with s = ⌊n/2 + 1⌋ − m, so that s honest clients are further from the
/// mean than the attackers, who with them are the majority.
///
/// The paper's attackers know their own honest updates alone.
public struct ALIE: Behaviour {
    public static let name = "alie"
    public static let summary = "sends the mean of the updates it knows, moved by as many deviations as go unnoticed"
    public static let citation =
        "Baruch et al., A Little Is Enough: Circumventing Defenses For Distributed Learning, 2019, Algorithm 3"
    public static let settings: [Setting] = [
        Setting("z", .from(0, upTo: 100), default: 0, "z, by how many deviations; 0: as the paper has it, by n and m"),
        Knowledge.setting(default: .attackers),
    ]

    private let z: Double
    public let knowledge: Knowledge?

    public init(_ values: SettingValues) {
        z = values.number("z")
        knowledge = Knowledge(values)
    }

    public func forge(_ known: KnownUpdates, _ attack: AttackContext) -> ParameterVector {
        let z = z > 0 ? z : Self.deviations(clients: attack.cohort, attackers: attack.attackers)
        return known.combined { start, mean, deviation in start + (mean - z * deviation) }
    }

    /// z by n and m; not negative, and where the attackers are the majority alone, that of one honest client.
    static func deviations(clients: Int, attackers: Int) -> Double {
        let honest = clients - attackers
        let needed = max(1, clients / 2 + 1 - attackers)
        guard honest > needed else { return 0 }
        return max(0, PortableMath.normalQuantile(Double(honest - needed) / Double(honest)))
    }
}
