import Terminal

/// How many examples of each class each client has: one row a client, a bar with a part for each class, as long as
/// the client has examples.
struct PartitionPicture {
    /// `[clients][classes]`
    private let counts: [[Int]]
    /// The clients that have a row.
    private let clients: [Int]

    init(_ counts: [[Int]], clients: [Int]? = nil) {
        self.counts = counts
        self.clients = clients ?? Array(counts.indices)
    }

    func lines(width: Int, style: TerminalStyle) -> [String] {
        let sizes = counts.map { $0.reduce(0, +) }
        let largest = sizes.max() ?? 0
        let nameWidth = max("client".count, "\(max(0, counts.count - 1))".count)
        let sizeWidth = max("examples".count, NumberFormat.count(largest).count)
        let barWidth = max(10, width - nameWidth - sizeWidth - 4)
        let classes = counts.first?.count ?? 0
        var lines = [
            style.text("client".padded(before: nameWidth) + "  " + "examples".padded(before: sizeWidth), .bold)
                + "  classes: " + StackedBar.legend((0..<classes).map(String.init), style: style)
        ]
        for client in clients {
            lines.append(
                "\(client)".padded(before: nameWidth) + "  "
                    + NumberFormat.count(sizes[client]).padded(before: sizeWidth) + "  "
                    + StackedBar(counts[client]).line(width: barWidth, whole: largest, style: style))
        }
        return lines
    }
}
