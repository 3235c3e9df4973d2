/// The value of a ``Setting``.
public enum SettingValue: Sendable, Hashable {
    case number(Double)
    case wholeNumber(Int)
    case word(String)
    case truth(Bool)

    /// As a scenario writes it, and as it crosses the wire: `0.01`, `3`, `uniform`, `true`.
    public var text: String {
        switch self {
        case .number(let value): Decimal.text(value)
        case .wholeNumber(let value): String(value)
        case .word(let word): word
        case .truth(let isTrue): String(isTrue)
        }
    }
}
