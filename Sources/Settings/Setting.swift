/// A key of a scenario as what uses it declares it, once: the reader of scenarios, `fed check --keys`, the wire and the
/// documentation go by this.
public struct Setting: Sendable, Hashable {
    /// What may stand there.
    public enum Kind: Sendable, Hashable {
        case number(Bounds)
        case wholeNumber(ClosedRange<Int>)
        case word([String])
        case truth
        /// One name or more, of so many at most.
        case names(upTo: Int)
    }

    /// As the papers call it, in snake case: `server_learning_rate`, `mu`.
    public let name: String
    public let kind: Kind
    /// What holds where the key is absent.
    public let standard: SettingValue
    /// What it is, in a few words.
    public let meaning: String

    public init(_ name: String, _ kind: Kind, default standard: SettingValue, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.meaning = meaning
    }

    /// A number.
    public init(_ name: String, _ bounds: Bounds, default standard: Double, _ meaning: String) {
        self.init(name, .number(bounds), default: .number(standard), meaning)
    }

    /// The value that a text stands for; `nil` if it is none that may stand here.
    public func value(of text: String) -> SettingValue? {
        switch kind {
        case .number(let bounds):
            Decimal.number(text).flatMap { bounds.contains($0) ? .number($0) : nil }
        case .wholeNumber(let range):
            Int(text).flatMap { range.contains($0) ? .wholeNumber($0) : nil }
        case .word(let words):
            words.contains(text) ? .word(text) : nil
        case .truth:
            Bool(text).map { .truth($0) }
        case .names(let most):
            SettingValue.names(text, upTo: most)
        }
    }
}
