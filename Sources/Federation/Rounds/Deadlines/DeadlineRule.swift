public import Settings

/// How long a round may take: one file each, and its line in ``DeadlineRules/all``.
public protocol DeadlineRule: Configurable {
    /// What it is, in a few words.
    static var summary: String { get }
    /// Whether it goes by what is known of clients from the rounds before.
    var needsExperience: Bool { get }

    /// How long the round may take.
    ///
    /// - Parameters:
    ///   - limit: what the scenario's `network.round_deadline` says: it is never longer.
    ///   - cohort: the clients that are selected for it.
    ///   - seconds: how long each client took that is known to have taken any time.
    func deadline(limit: Duration, round: UInt32, cohort: Int, seconds: [Double]) -> Duration
}

extension DeadlineRule {
    public static var settings: [Setting] { [] }
    public var needsExperience: Bool { false }
}

/// The rules that a scenario can name. A new one is its file and its line here.
public enum DeadlineRules {
    /// In the order of the documentation.
    public static let all: [any DeadlineRule.Type] = [FixedDeadline.self, StepDeadline.self, QuantileDeadline.self]

    /// The rule of this name.
    public static func named(_ name: String) -> (any DeadlineRule.Type)? { all.first { $0.name == name } }
}

/// A rule of deadlines with its settings, as a scenario names it.
public struct DeadlineChoice: Sendable, Hashable {
    public let name: String
    public let values: SettingValues

    /// - Parameter values: of this rule's settings.
    public init(_ type: any DeadlineRule.Type, _ values: SettingValues? = nil) {
        name = type.name
        self.values = values ?? SettingValues(type.settings)
    }

    public static let fixed = DeadlineChoice(FixedDeadline.self)

    /// The rule itself.
    public func make() -> any DeadlineRule {
        // The name is one of the list: the initialiser sees to it.
        (DeadlineRules.named(name) ?? FixedDeadline.self).init(values)
    }
}
