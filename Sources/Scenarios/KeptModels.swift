/// Which models of a run stay in the record, beside the first and the latest, which always do.
public enum KeptModels: Sendable, Hashable {
    /// So many at most, evenly spread over the rounds that are planned; 0 or more.
    case upTo(Int)
    /// Those of all rounds.
    case all

    /// The models of which rounds are kept in a run of so many: those that this divides, the smallest number with which they
    /// are not too many; `nil`: none.
    public func stride(rounds: Int) -> Int? {
        switch self {
        case .all: 1
        case .upTo(0): nil
        case .upTo(let count): rounds / (count + 1) + 1
        }
    }
}

extension ValueKind where Value == KeptModels {
    static var keptModels: Self {
        let number = ValueKind<Int>.wholeNumber(0...1_000_000)
        return ValueKind(expectation: "\(number.expectation), or all", text: text) { scalar in
            if scalar.text == "all" { return .value(.all) }
            switch number.read(scalar) {
            case .value(let count): return .value(.upTo(count))
            case .mismatch(let remedy): return .mismatch(remedy: remedy)
            }
        }
    }

    private static func text(_ kept: KeptModels) -> String {
        switch kept {
        case .upTo(let count): String(count)
        case .all: "all"
        }
    }
}
