public import Settings

/// What an update counts in the mean.
public enum Weighting: String, Sendable, Hashable, CaseIterable {
    /// The number of its client's examples.
    case examples
    /// The same for every client.
    case uniform

    /// The key of a strategy that leaves the choice to the scenario.
    public static func setting(default standard: Weighting) -> Setting {
        Setting(
            "weighting", .word(allCases.map(\.rawValue)), default: .word(standard.rawValue),
            "what an update counts in the mean: its client's examples, or the same for every client")
    }

    public init(_ values: SettingValues) {
        self = values.word("weighting") == Weighting.uniform.rawValue ? .uniform : .examples
    }

    /// The weight of an update.
    public func weight(examples: Int) -> Int {
        switch self {
        case .examples: examples
        case .uniform: 1
        }
    }
}
