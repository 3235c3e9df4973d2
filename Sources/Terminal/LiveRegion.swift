/// A block of lines at the bottom of a terminal that is drawn again in place. Pure: it remembers what the terminal shows
/// and gives the text that changes it; ``LiveDisplay`` writes it.
///
/// The cursor stays on the line below the block and is hidden only while the block is drawn. So whatever ends the
/// program, and however, the cursor is there and the prompt comes below the block.
public struct LiveRegion: Sendable {
    /// The columns that each line on the terminal takes, from the top.
    private var shown: [Int] = []

    private static let hideCursor = "\u{1B}[?25l"
    private static let showCursor = "\u{1B}[?25h"
    /// From the cursor to the end of the screen.
    private static let eraseBelow = "\u{1B}[J"
    /// From the cursor to the end of the line.
    private static let eraseRest = "\u{1B}[K"

    public init() {}

    /// The text that puts `lines` where the block is. Lines are cut to the terminal's width; of more lines than fit on
    /// the screen the first are drawn.
    public mutating func draw(_ lines: [String], size: TerminalSize, style: TerminalStyle) -> String {
        render(above: [], lines: lines, size: size, style: style)
    }

    /// The text that writes `messages` above the block, where they stay, and the block below them.
    public mutating func draw(
        _ lines: [String], below messages: [String], size: TerminalSize, style: TerminalStyle
    ) -> String {
        render(above: messages, lines: lines, size: size, style: style)
    }

    /// The text that takes the block away.
    public mutating func erase(size: TerminalSize) -> String {
        defer { shown = [] }
        return shown.isEmpty ? "" : moveToTop(size) + Self.eraseBelow
    }

    private mutating func render(
        above messages: [String], lines: [String], size: TerminalSize, style: TerminalStyle
    ) -> String {
        // One row stays for the cursor; a block taller than the screen could not be reached again.
        let width = max(1, size.columns - 1)
        let lines = lines.prefix(max(1, size.rows - 1)).map { $0.cut(to: width, style: style) }
        var text = Self.hideCursor + moveToTop(size)
        if !messages.isEmpty {
            // Messages are of any length: what they do not cover has to go first.
            text += Self.eraseBelow + messages.map { $0 + "\n" }.joined()
        }
        text += lines.map { $0 + Self.eraseRest + "\n" }.joined()
        shown = lines.map(\.columns)
        return text + Self.eraseBelow + Self.showCursor
    }

    /// A terminal that became narrower has broken the lines that are on it, so they take more rows than were drawn.
    private func moveToTop(_ size: TerminalSize) -> String {
        let rows = shown.reduce(0) { rows, columns in
            rows + max(1, (columns + size.columns - 1) / max(1, size.columns))
        }
        return rows > 0 ? "\r\u{1B}[\(rows)A" : "\r"
    }
}
