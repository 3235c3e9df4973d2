import Settings

/// Whose honest updates clients that collude know: what they would have sent if all had followed the rules.
public enum Knowledge: String, Sendable, Hashable, CaseIterable {
    /// Their own and one another's.
    case attackers
    /// Those of all other clients of the round.
    case honest

    static func setting(default standard: Knowledge) -> Setting {
        Setting(
            "knows", .word(allCases.map(\.rawValue)), default: .word(standard.rawValue),
            "whose honest updates of the round the attackers know: their own (attackers), or those of all other clients (honest)"
        )
    }

    init(_ values: SettingValues) {
        self = Knowledge(rawValue: values.word("knows")) ?? .attackers
    }
}
