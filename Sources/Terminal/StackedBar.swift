/// A bar made of parts, each in its own colour and with its own digit or letter: for example how many examples of each
/// class a client has.
public struct StackedBar: Sendable {
    /// The size of each part; negative ones count as none.
    public let parts: [Int]

    public init(_ parts: [Int]) {
        self.parts = parts.map { max(0, $0) }
    }

    /// What stands for a part: 0 to 9, then a to z, then again from the start.
    public static func symbol(_ part: Int) -> Character {
        let symbols = Array("0123456789abcdefghijklmnopqrstuvwxyz")
        return symbols[part % symbols.count]
    }

    /// Colours that neighbours do not share and dark text is read on (256-colour palette).
    private static let colors: [UInt8] = [75, 215, 114, 203, 141, 180, 218, 250, 185, 80]

    /// The columns that each part takes of `width`: in proportion, in whole columns, and `width` in all (largest
    /// remainders). A part that is not empty gets a column where there are enough.
    static func columns(_ parts: [Int], width: Int) -> [Int] {
        let total = parts.reduce(0.0) { $0 + Double($1) }
        guard total > 0, width > 0 else { return parts.map { _ in 0 } }
        let exact = parts.map { Double($0) / total * Double(width) }
        let isRoomForAll = parts.count { $0 > 0 } <= width
        var columns = zip(parts, exact).map { part, exact in
            max(Int(exact), isRoomForAll && part > 0 ? 1 : 0)
        }
        // Give what is left to the part that lacks most, take what is too much from the part that has most to spare;
        // the lower part where two are alike.
        while true {
            let used = columns.reduce(0, +)
            guard used != width else { return columns }
            let lacks = zip(exact, columns).map { $0 - Double($1) }
            if used < width {
                guard let index = lacks.indices.max(by: { (lacks[$0], $1) < (lacks[$1], $0) }) else { return columns }
                columns[index] += 1
            } else {
                let spare = columns.indices.filter { columns[$0] > 1 }
                guard let index = spare.min(by: { (lacks[$0], $0) < (lacks[$1], $1) }) else { return columns }
                columns[index] -= 1
            }
        }
    }

    /// The bar in at most `width` columns.
    ///
    /// - Parameter whole: what `width` columns stand for, so that bars of different sums can be compared; the bar's own
    ///   sum if absent.
    public func line(width: Int, whole: Int? = nil, style: TerminalStyle) -> String {
        let sum = parts.reduce(0.0) { $0 + Double($1) }
        guard sum > 0, width > 0 else { return "" }
        let share = whole.map { $0 > 0 ? min(1, sum / Double($0)) : 1 } ?? 1
        let used = max(1, Int((share * Double(width)).rounded()))
        var line = ""
        for (part, columns) in Self.columns(parts, width: used).enumerated() where columns > 0 {
            line += piece(part, columns: columns, style: style)
        }
        return line
    }

    private func piece(_ part: Int, columns: Int, style: TerminalStyle) -> String {
        let symbol = String(Self.symbol(part))
        guard style.usesColor else { return String(repeating: symbol, count: columns) }
        let before = (columns - 1) / 2
        let text = String(repeating: " ", count: before) + symbol + String(repeating: " ", count: columns - before - 1)
        return style.text(text, .foreground(16), .background(Self.colors[part % Self.colors.count]))
    }

    /// What the symbols mean, on one line: `0 zero  1 one`.
    public static func legend(_ names: [String], style: TerminalStyle) -> String {
        names.enumerated().map { part, name in
            let mark = style.text(
                String(symbol(part)), .foreground(16), .background(colors[part % colors.count]))
            return name == String(symbol(part)) ? mark : "\(mark) \(name)"
        }.joined(separator: "  ")
    }
}
