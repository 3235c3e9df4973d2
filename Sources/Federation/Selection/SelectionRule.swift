public import Settings

/// How the clients of a round are chosen: one file each, and its line in ``SelectionRules/all``.
public protocol SelectionRule: Configurable {
    /// What it is, in a few words.
    static var summary: String { get }
    /// Whether it chooses among the clients that are there alone; a round then waits until as many are as it selects.
    var needsPresence: Bool { get }
    /// Whether it goes by what is known of clients from the rounds before.
    var needsExperience: Bool { get }

    /// Chooses the clients of a round.
    ///
    /// - Parameters:
    ///   - size: how many; below the number of candidates.
    ///   - candidates: by client, ascending.
    /// - Returns: `size` of them, ascending.
    func select(_ size: Int, of candidates: Candidates, seed: UInt64, round: UInt32) -> [ClientID]
}

extension SelectionRule {
    public static var settings: [Setting] { [] }
    public var needsPresence: Bool { false }
    public var needsExperience: Bool { false }
}

/// The clients among which a round's are chosen.
public struct Candidates {
    /// Ascending.
    public let clients: [ClientID]
    /// How many examples a client holds, as far as that is known.
    public let examples: (ClientID) -> Int
    /// What is known of a client from the rounds before; `nil`: nothing.
    public let experience: (ClientID) -> Experience?

    public init(
        clients: [ClientID], examples: @escaping (ClientID) -> Int,
        experience: @escaping (ClientID) -> Experience? = { _ in nil }
    ) {
        self.clients = clients
        self.examples = examples
        self.experience = experience
    }
}

/// The rules that a scenario can name. A new one is its file and its line here.
public enum SelectionRules {
    /// In the order of the documentation.
    public static let all: [any SelectionRule.Type] = [
        UniformSelection.self, WeightedSelection.self, RoundRobinSelection.self, AvailableSelection.self,
        PowerOfChoiceSelection.self, OortSelection.self,
    ]

    /// The rule of this name.
    public static func named(_ name: String) -> (any SelectionRule.Type)? { all.first { $0.name == name } }
}

/// A rule of selection with its settings, as a scenario names it.
public struct SelectionChoice: Sendable, Hashable {
    public let name: String
    public let values: SettingValues

    /// - Parameter values: of this rule's settings.
    public init(_ type: any SelectionRule.Type, _ values: SettingValues? = nil) {
        name = type.name
        self.values = values ?? SettingValues(type.settings)
    }

    public static let uniform = SelectionChoice(UniformSelection.self)

    /// The rule itself.
    public func make() -> any SelectionRule {
        // The name is one of the list: the initialiser sees to it.
        (SelectionRules.named(name) ?? UniformSelection.self).init(values)
    }
}
