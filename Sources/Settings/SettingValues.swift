/// The values of some ``Setting``s, by name, one for each.
///
/// Asking for a name or a kind that was not declared is a mistake in the code that asks, and traps.
public struct SettingValues: Sendable, Hashable {
    private var values: [String: SettingValue]

    /// The defaults.
    public init(_ settings: [Setting]) {
        values = Dictionary(settings.map { ($0.name, $0.standard) }) { first, _ in first }
    }

    /// Values as texts, for example from the wire; those that are absent have their defaults.
    ///
    /// - Throws: a ``SettingMistake`` for a name that there is not, or a value that may not stand there.
    public init(_ settings: [Setting], texts: [(name: String, text: String)]) throws(SettingMistake) {
        self.init(settings)
        for (name, text) in texts {
            guard let setting = settings.first(where: { $0.name == name }) else {
                throw SettingMistake(name: name, text: nil)
            }
            guard let value = setting.value(of: text) else { throw SettingMistake(name: name, text: text) }
            values[name] = value
        }
    }

    /// Sets a value.
    public mutating func set(_ name: String, _ value: SettingValue) {
        precondition(values[name] != nil, "no setting \"\(name)\" was declared")
        values[name] = value
    }

    public func number(_ name: String) -> Double {
        guard case .number(let value) = values[name] else { preconditionFailure("\"\(name)\" is no number") }
        return value
    }

    /// `nil` where a word stands in the number's place.
    public func optionalNumber(_ name: String) -> Double? {
        if case .word = values[name] { nil } else { number(name) }
    }

    public func wholeNumber(_ name: String) -> Int {
        guard case .wholeNumber(let value) = values[name] else { preconditionFailure("\"\(name)\" is no whole number") }
        return value
    }

    /// `nil` where a word stands in the number's place.
    public func optionalWholeNumber(_ name: String) -> Int? {
        if case .word = values[name] { nil } else { wholeNumber(name) }
    }

    public func word(_ name: String) -> String {
        guard case .word(let value) = values[name] else { preconditionFailure("\"\(name)\" is no word") }
        return value
    }

    public func truth(_ name: String) -> Bool {
        guard case .truth(let value) = values[name] else {
            preconditionFailure("\"\(name)\" is neither true nor false")
        }
        return value
    }

    public func duration(_ name: String) -> Duration {
        guard case .duration(let value) = values[name] else { preconditionFailure("\"\(name)\" is no duration") }
        return value
    }

    /// Bits in a second; `nil` where a word stands in their place.
    public func optionalBitRate(_ name: String) -> Int? {
        switch values[name] {
        case .word: return nil
        case .bitRate(let value): return value
        default: preconditionFailure("\"\(name)\" is no rate")
        }
    }

    /// Of memory; `nil` where a word stands in their place.
    public func optionalByteCount(_ name: String) -> Int? {
        switch values[name] {
        case .word: return nil
        case .byteCount(let value): return value
        default: preconditionFailure("\"\(name)\" is no number of bytes")
        }
    }

    /// `nil` where a word stands in its place.
    public func optionalDuration(_ name: String) -> Duration? {
        if case .word = values[name] { nil } else { duration(name) }
    }

    /// `nil` where a word stands in their place.
    public func optionalDailyHours(_ name: String) -> DailyHours? {
        switch values[name] {
        case .word: return nil
        case .dailyHours(let value): return value
        default: preconditionFailure("\"\(name)\" is no stretch of the day")
        }
    }

    public func names(_ name: String) -> [String] {
        guard case .names(let value) = values[name] else { preconditionFailure("\"\(name)\" is no list of names") }
        return value
    }

    /// All of them as texts, by name.
    public var texts: [(name: String, text: String)] {
        values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.text) }
    }
}
