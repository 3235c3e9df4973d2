/// A place in a text file.
public struct SourceMark: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    /// From 1, in Unicode scalars.
    public let column: Int
    /// How many Unicode scalars of the line it is about, at least 1.
    public let length: Int

    public init(line: Int, column: Int, length: Int = 1) {
        self.line = line
        self.column = column
        self.length = max(length, 1)
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.line, left.column, left.length) < (right.line, right.column, right.length)
    }

    /// `line:column`
    public var description: String { "\(line):\(column)" }
}
