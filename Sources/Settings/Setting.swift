/// A key of a scenario as what uses it declares it, once: the reader of scenarios, `fed check --keys`, the wire and the
/// documentation go by this.
public struct Setting: Sendable, Hashable {
    /// What may stand there.
    public indirect enum Kind: Sendable, Hashable {
        case number(Bounds)
        case wholeNumber(ClosedRange<Int>)
        case word([String])
        case truth
        /// One name or more, of so many at most.
        case names(upTo: Int)
        /// To the millisecond.
        case duration(ClosedRange<Duration>)
        /// Bits in a second.
        case bitRate(ClosedRange<Int>)
        /// Bytes of memory.
        case byteCount(ClosedRange<Int>)
        /// A stretch of each day.
        case dailyHours
        /// This word, or what the kind says: `all`, or a number.
        case either(String, or: Kind)
    }

    /// What another setting has to be for this one to be given.
    public struct Need: Sendable, Hashable {
        public let name: String
        public let word: String
    }

    /// As the papers call it, in snake case: `server_learning_rate`, `mu`.
    public let name: String
    public let kind: Kind
    /// What holds where the key is absent.
    public let standard: SettingValue
    /// What it is, in a few words.
    public let meaning: String
    /// `nil`: it may be given whatever the others are.
    public private(set) var need: Need?

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

    /// The same, to be given only where another setting, declared before it, is this word.
    public func needing(_ name: String, _ word: String) -> Setting {
        var copy = self
        copy.need = Need(name: name, word: word)
        return copy
    }

    /// The value that a text stands for; `nil` if it is none that may stand here.
    public func value(of text: String) -> SettingValue? { kind.value(of: text) }
}

extension Setting.Kind {
    fileprivate func value(of text: String) -> SettingValue? {
        switch self {
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
        case .duration(let range):
            Duration(shortText: text).flatMap { range.contains($0) ? .duration($0) : nil }
        case .bitRate(let range):
            BitRate.value(of: text).flatMap { range.contains($0) ? .bitRate($0) : nil }
        case .byteCount(let range):
            ByteCount.value(of: text).flatMap { range.contains($0) ? .byteCount($0) : nil }
        case .dailyHours:
            DailyHours(text).map { .dailyHours($0) }
        case .either(let word, let other):
            text == word ? .word(word) : other.value(of: text)
        }
    }
}
