import Terminal

/// How a partition deals to more clients than one wants to read rows of: sizes, classes a client, how unlike the
/// clients are, and rows of some of them.
struct PartitionSummary {
    /// Up to so many clients, every one has its row.
    static let threshold = 60
    private static let rows = 20

    /// `[clients][classes]`
    private let counts: [[Int]]

    init(_ counts: [[Int]]) {
        self.counts = counts
    }

    func lines(width: Int, style: TerminalStyle) -> [String] {
        let sizes = counts.map { $0.reduce(0, +) }
        let ascending = sizes.sorted()
        func quantile(_ fraction: Double) -> String {
            NumberFormat.count(ascending[Int(fraction * Double(ascending.count - 1))])
        }
        var lines = [
            "examples a client: \(quantile(0)) … \(quantile(0.25)) … \(quantile(0.5)) … \(quantile(0.75)) … "
                + "\(quantile(1)) (least, quartiles, most)",
            "unlikeness: \(NumberFormat.fixed(unlikeness, 2)) "
                + "(mean distance of a client's classes from everybody's: 0 alike, 0.9 one class of ten)",
            "", style.text("classes  clients", .bold),
        ]
        let classes = counts.map { $0.count { $0 > 0 } }
        let clientsByClasses = Dictionary(grouping: classes) { $0 }.mapValues(\.count)
        let most = clientsByClasses.values.max() ?? 1
        let barWidth = max(10, width - 20)
        for (classes, clients) in clientsByClasses.sorted(by: { $0.key < $1.key }) {
            let length = max(1, clients * barWidth / most)
            lines.append(
                "\(classes)".padded(before: 7) + "  " + NumberFormat.count(clients).padded(before: 7) + "  "
                    + style.text(String(repeating: style.usesUnicode ? "█" : "#", count: length), .cyan))
        }

        // Evenly spread over sizes, so that both ends are seen; then in the order of the clients.
        let bySize = counts.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
        let shown = (0..<Self.rows).map { bySize[$0 * (bySize.count - 1) / (Self.rows - 1)] }.sorted()
        lines += ["", "\(Self.rows) of the \(NumberFormat.count(counts.count)) clients (--all shows every one):"]
        return lines + PartitionPicture(counts, clients: shown).lines(width: width, style: style)
    }

    /// The mean over clients of the total variation distance between a client's distribution of classes and that of
    /// all examples: 0 when they are the same, 1 at most.
    private var unlikeness: Double {
        let total = Double(counts.reduce(0) { $0 + $1.reduce(0, +) })
        let classes = counts.first?.count ?? 0
        let whole = (0..<classes).map { label in Double(counts.reduce(0) { $0 + $1[label] }) / total }
        let distances = counts.map { client in
            let size = Double(client.reduce(0, +))
            return zip(client, whole).reduce(0) { $0 + abs(Double($1.0) / size - $1.1) } / 2
        }
        return distances.reduce(0, +) / Double(max(1, distances.count))
    }
}
