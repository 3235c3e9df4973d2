/// Which events go into the record when somebody causes the same again and again: one that is turned away in a loop must
/// not fill the disk.
///
/// Each kind of event from each source is recorded ``plain`` times one by one, and after that when its number is one digit
/// and zeros: nine times while it grows tenfold. Nothing is lost but the moments: the numbers stand in ``omitted``.
package struct EventAllowance {
    /// How it stands with an event.
    package enum Answer: Equatable {
        case record
        /// Recorded, and it stands for those before it that were not.
        case recordAsNumber(Int)
        case omit
    }

    /// So many events of a kind from a source are recorded one by one.
    let plain: Int
    /// So many sources of a kind are told apart; all that come after them count as one.
    let sources: Int
    /// Of each kind, by source.
    private var counts: [String: [String: Int]] = [:]

    private static let others = "others"

    package init(plain: Int = 100, sources: Int = 1000) {
        self.plain = plain
        self.sources = sources
    }

    /// Counts an event.
    package mutating func answer(kind: String, source: String) -> Answer {
        let isTold = counts[kind]?[source] != nil || counts[kind]?.count ?? 0 < sources
        let source = isTold ? source : Self.others
        let count = (counts[kind]?[source] ?? 0) + 1
        counts[kind, default: [:]][source] = count
        guard count > plain else { return .record }
        var power = 1
        while count / power >= 10 { power *= 10 }
        return count.isMultiple(of: power) ? .recordAsNumber(count) : .omit
    }

    /// Of each kind that was not recorded in full, how often it happened and the sources of most of it, in a sentence.
    package var omitted: [String] {
        counts.sorted { $0.key < $1.key }.compactMap { kind, known in
            let many = known.filter { $0.value > plain }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            guard !many.isEmpty else { return nil }
            let named = many.prefix(5).map { "\($0.value) from \($0.key)" }
            let rest = many.count > 5 ? " and more from \(many.count - 5) others" : ""
            return "\(kind): \(named.joined(separator: ", "))\(rest)"
        }
    }
}
