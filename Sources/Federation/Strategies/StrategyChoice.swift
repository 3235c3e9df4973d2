public import Settings

/// A strategy with its settings, as a scenario names it and as it crosses the wire.
public struct StrategyChoice: Sendable, Hashable {
    public let name: String
    public let values: SettingValues

    /// - Throws: a ``SettingMistake`` when there is no such strategy, or no such setting of it, or a value may not stand there.
    public init(name: String, settings: [(name: String, text: String)]) throws(SettingMistake) {
        guard let type = Strategies.named(name) else { throw SettingMistake(name: "strategy", text: name) }
        self.name = name
        values = try SettingValues(type.settings, texts: settings)
    }

    /// - Parameter values: of this strategy's settings.
    public init(_ type: any Strategy.Type, _ values: SettingValues? = nil) {
        name = type.name
        self.values = values ?? SettingValues(type.settings)
    }

    /// Federated averaging, as it is by default.
    public static let fedavg = StrategyChoice(FedAvg.self)

    /// Whether a schedule of the server's learning rate has something to change.
    public var hasServerLearningRate: Bool {
        Strategies.named(name)?.settings.contains { $0.name == Setting.serverLearningRate().name } ?? false
    }

    /// Whether it has a rule that has to see all updates of a round.
    public var seesAllUpdates: Bool { if case .rule = make().reduction { true } else { false } }

    /// The strategy itself.
    public func make() -> any Strategy {
        // The name is one of the list: both initialisers see to it.
        (Strategies.named(name) ?? FedAvg.self).init(values)
    }
}
