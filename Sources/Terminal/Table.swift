import Diagnostics

/// Rows of text in columns that fit a width: columns that may shrink are cut first, then the least important columns
/// are left out and named below the table.
public struct Table: Sendable {
    public struct Column: Sendable {
        public enum Alignment: Sendable, Hashable {
            case left
            /// Numbers.
            case right
        }

        public let title: String
        public let alignment: Alignment
        /// Columns with the lowest are left out first where the width is short; the leftmost one of the highest stays.
        public let importance: Int
        /// The fewest columns of the terminal that it may be cut to; `nil` if its text is never cut.
        public let minimumWidth: Int?

        public init(
            _ title: String, _ alignment: Alignment = .left, importance: Int = 0, minimumWidth: Int? = nil
        ) {
            self.title = title
            self.alignment = alignment
            self.importance = importance
            self.minimumWidth = minimumWidth
        }

        /// A column of numbers, aligned to the right and never cut.
        public static func number(_ title: String, importance: Int = 0) -> Column {
            Column(title, .right, importance: importance)
        }
    }

    /// The text of one row in one column. Control characters in it are replaced.
    public struct Cell: Sendable, ExpressibleByStringLiteral {
        public let text: String
        public let attributes: [TerminalStyle.Attribute]

        public init(_ text: String, _ attributes: TerminalStyle.Attribute...) {
            self.text = text.withoutControls
            self.attributes = attributes
        }

        public init(stringLiteral text: String) {
            self.text = text
            attributes = []
        }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []
    private static let gap = "  "

    public init(_ columns: [Column]) {
        self.columns = columns
    }

    /// The number of rows.
    public var count: Int { rows.count }

    /// Adds a row; cells that are missing at its end are empty.
    public mutating func append(_ row: [Cell]) {
        precondition(row.count <= columns.count, "a row has no more cells than the table has columns")
        rows.append(row + Array(repeating: "", count: columns.count - row.count))
    }

    /// The table, with its titles, in lines of at most `width` columns; any width where that is `nil`.
    public func lines(width: Int?, style: TerminalStyle) -> [String] {
        let (shown, widths) = layout(width: width)
        var lines = [
            line(shown, widths, style: style) { Cell(columns[$0].title) }
        ].map { style.text($0, .bold) }
        if !style.usesColor {
            let rule = style.usesUnicode ? "─" : "-"
            lines.append(shown.map { String(repeating: rule, count: widths[$0]) }.joined(separator: Self.gap))
        }
        lines += rows.map { row in line(shown, widths, style: style) { row[$0] } }
        let hidden = columns.indices.filter { !shown.contains($0) }
        lines += Self.note(hidden.map { columns[$0].title }, width: width ?? .max, style: style)
        return lines
    }

    /// The titles of the columns that are left out, in as many lines as they need.
    private static func note(_ titles: [String], width: Int, style: TerminalStyle) -> [String] {
        guard !titles.isEmpty else { return [] }
        var lines = ["not shown:"]
        for (place, title) in titles.enumerated() {
            let word = title + (place < titles.count - 1 ? "," : "")
            let line = lines[lines.count - 1] + " " + word
            if line.columns <= width {
                lines[lines.count - 1] = line
            } else {
                lines.append("  " + word)
            }
        }
        return lines.map { style.text($0.cut(to: width, style: style), .dim) }
    }

    /// Which columns are shown, and how wide each of all columns is.
    private func layout(width: Int?) -> (shown: [Int], widths: [Int]) {
        let natural = columns.indices.map { column in
            rows.reduce(columns[column].title.columns) { max($0, $1[column].text.columns) }
        }
        guard let width else { return (Array(columns.indices), natural) }
        var shown = Array(columns.indices)
        while true {
            var widths = natural
            var excess = shown.reduce(Self.gap.count * (shown.count - 1)) { $0 + widths[$1] } - width
            // The widest of those that may be cut gives way, a column at a time, so that none is cut more than needed.
            while excess > 0 {
                let flexible = shown.filter { column in
                    columns[column].minimumWidth.map { widths[column] > $0 } ?? false
                }
                guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
                widths[widest] -= 1
                excess -= 1
            }
            if excess <= 0 { return (shown, widths) }
            guard shown.count > 1,
                let least = shown.min(by: { (columns[$0].importance, $1) < (columns[$1].importance, $0) })
            else {
                for column in shown { widths[column] = min(widths[column], max(1, width)) }
                return (shown, widths)
            }
            shown.removeAll { $0 == least }
        }
    }

    private func line(_ shown: [Int], _ widths: [Int], style: TerminalStyle, cell: (Int) -> Cell) -> String {
        var line = ""
        for (place, column) in shown.enumerated() {
            let content = cell(column)
            let text = content.text.cut(to: widths[column], style: style)
            let space = String(repeating: " ", count: widths[column] - text.columns)
            let styled = style.text(text, content.attributes)
            line += place > 0 ? Self.gap : ""
            switch columns[column].alignment {
            case .right: line += space + styled
            // Nothing follows the last column, so lines end with text.
            case .left: line += place == shown.count - 1 ? styled : styled + space
            }
        }
        return line
    }
}
