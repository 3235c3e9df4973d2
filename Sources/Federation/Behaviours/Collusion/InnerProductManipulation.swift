public import Parameters
public import Settings

/// Inner product manipulation: all attackers send −ε times the mean of the updates that they know, so that the product of the
/// aggregate and the true mean is negative.
///
/// The paper's attackers know the updates of all honest clients.
public struct InnerProductManipulation: Behaviour {
    public static let name = "ipm"
    public static let summary = "sends the opposite of the mean of the updates it knows"
    public static let citation =
        "Xie et al., Fall of Empires: Breaking Byzantine-tolerant SGD by Inner Product Manipulation, 2020, Section 4"
    public static let settings: [Setting] = [
        Setting("epsilon", .above(0, upTo: 1000), default: 0.5, "ε, by what the opposite of the mean is multiplied"),
        Knowledge.setting(default: .honest),
    ]

    private let epsilon: Double
    public let knowledge: Knowledge?

    public init(_ values: SettingValues) {
        epsilon = values.number("epsilon")
        knowledge = Knowledge(values)
    }

    public func forge(_ known: KnownUpdates, _ attack: AttackContext) -> ParameterVector {
        known.combined { start, mean, _ in start - epsilon * mean }
    }
}
