/// How much of something stays in the record.
public enum Kept: Sendable, Hashable {
    case upTo(Int)
    case all

    /// The most that stays; `nil`: all.
    public var limit: Int? {
        switch self {
        case .upTo(let count): count
        case .all: nil
        }
    }

    /// Of so many rounds, those whose models are kept, evenly spread and at most so many: the rounds that this divides, the
    /// smallest number with which they are not too many; `nil`: none.
    public func stride(rounds: Int) -> Int? {
        switch self {
        case .all: 1
        case .upTo(0): nil
        case .upTo(let count): rounds / (count + 1) + 1
        }
    }
}

extension ValueKind where Value == Kept {
    static func kept(atLeast least: Int) -> Self {
        let number = ValueKind<Int>.wholeNumber(least...1_000_000)
        return ValueKind(expectation: "\(number.expectation), or all", text: text) { scalar in
            if scalar.text == "all" { return .value(.all) }
            switch number.read(scalar) {
            case .value(let count): return .value(.upTo(count))
            case .mismatch(let remedy): return .mismatch(remedy: remedy)
            }
        }
    }

    private static func text(_ kept: Kept) -> String {
        kept.limit.map(String.init) ?? "all"
    }
}
