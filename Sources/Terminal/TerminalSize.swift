/// The size of a terminal in characters.
public struct TerminalSize: Sendable, Hashable {
    public var columns: Int
    public var rows: Int

    public init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// What is taken where a terminal does not tell its size.
    public static let fallback = TerminalSize(columns: 80, rows: 24)
}
