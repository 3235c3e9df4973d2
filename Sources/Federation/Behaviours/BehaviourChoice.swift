public import Settings

/// A behaviour with its settings, as a scenario names it and as it crosses the wire.
public struct BehaviourChoice: Sendable, Hashable {
    public let name: String
    public let values: SettingValues

    /// - Throws: a ``SettingMistake`` when there is no such behaviour, or no such setting of it, or a value may not stand there.
    public init(name: String, settings: [(name: String, text: String)]) throws(SettingMistake) {
        guard let type = Behaviours.named(name) else { throw SettingMistake(name: "behaviour", text: name) }
        self.name = name
        values = try SettingValues(type.settings, texts: settings)
    }

    /// - Parameter values: of this behaviour's settings.
    public init(_ type: any Behaviour.Type, _ values: SettingValues? = nil) {
        name = type.name
        self.values = values ?? SettingValues(type.settings)
    }

    /// The behaviour itself.
    public func make() -> any Behaviour {
        // The name is one of the list: both initialisers see to it.
        (Behaviours.named(name) ?? LabelFlip.self).init(values)
    }
}
