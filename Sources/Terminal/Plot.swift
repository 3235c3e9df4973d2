/// A grid of characters that curves are drawn on. With Braille a character has 2 × 4 dots, in ASCII it is one.
struct Plot {
    let columns: Int
    let rows: Int
    private let x: ClosedRange<Double>
    private let y: ClosedRange<Double>
    private let isBraille: Bool
    /// The dots of each character, row by row: Braille's eight, or bit 0.
    private var dots: [UInt8]
    /// The series that drew last in each character.
    private var owners: [Int?]

    init(columns: Int, rows: Int, x: ClosedRange<Double>, y: ClosedRange<Double>, isBraille: Bool) {
        self.columns = columns
        self.rows = rows
        self.x = x
        self.y = y
        self.isBraille = isBraille
        dots = [UInt8](repeating: 0, count: columns * rows)
        owners = [Int?](repeating: nil, count: columns * rows)
    }

    /// What stands for a series in ASCII.
    static func symbol(_ series: Int) -> Character {
        let symbols = Array("*o+x#@")
        return symbols[series % symbols.count]
    }

    private var dotColumns: Int { isBraille ? columns * 2 : columns }
    private var dotRows: Int { isBraille ? rows * 4 : rows }

    /// The dot's column of `x`, from the left.
    private func dotColumn(_ value: Double) -> Int {
        Self.place(value, in: x, count: dotColumns)
    }

    /// The dot's row of `y`, from the top.
    private func dotRow(_ value: Double) -> Int {
        dotRows - 1 - Self.place(value, in: y, count: dotRows)
    }

    private static func place(_ value: Double, in range: ClosedRange<Double>, count: Int) -> Int {
        let length = range.upperBound - range.lowerBound
        guard length > 0 else { return 0 }
        let fraction = min(1, max(0, (value - range.lowerBound) / length))
        return Int((fraction * Double(count - 1)).rounded())
    }

    /// The character's column of `x`.
    func column(x: Double) -> Int { dotColumn(x) / (isBraille ? 2 : 1) }

    /// The character's row of `y`, from the top.
    func row(y: Double) -> Int { dotRow(y) / (isBraille ? 4 : 1) }

    /// Draws straight lines from point to point; a point that is not finite interrupts them.
    mutating func draw(_ points: [(x: Double, y: Double)], series: Int) {
        var previous: (column: Int, row: Int)?
        for point in points {
            guard point.x.isFinite, point.y.isFinite else {
                previous = nil
                continue
            }
            let next = (column: dotColumn(point.x), row: dotRow(point.y))
            line(from: previous ?? next, to: next, series: series)
            previous = next
        }
    }

    private mutating func line(from start: (column: Int, row: Int), to end: (column: Int, row: Int), series: Int) {
        let steps = max(abs(end.column - start.column), abs(end.row - start.row))
        for step in 0...steps {
            let share = steps == 0 ? 0 : Double(step) / Double(steps)
            let column = start.column + Int((share * Double(end.column - start.column)).rounded())
            let row = start.row + Int((share * Double(end.row - start.row)).rounded())
            let cell = isBraille ? row / 4 * columns + column / 2 : row * columns + column
            dots[cell] |= isBraille ? Self.brailleDot(column: column % 2, row: row % 4) : 1
            owners[cell] = series
        }
    }

    /// The bit of a dot in U+2800 + bits: dots 1 to 3 and 4 to 6 go down the two columns, 7 and 8 are the last row.
    private static func brailleDot(column: Int, row: Int) -> UInt8 {
        row == 3 ? 0x40 << column : 1 << (row + 3 * column)
    }

    /// The text of a row in runs of one series, from the left; spaces at the end are left out.
    func runs(row: Int) -> [(series: Int?, text: String)] {
        var runs: [(series: Int?, text: String)] = []
        var end = columns
        while end > 0, dots[row * columns + end - 1] == 0 { end -= 1 }
        for column in 0..<end {
            let cell = row * columns + column
            let owner = owners[cell]
            let character: Character =
                if dots[cell] == 0 {
                    " "
                } else if isBraille {
                    Character(Unicode.Scalar(0x2800 + UInt32(dots[cell])) ?? " ")
                } else {
                    Self.symbol(owner ?? 0)
                }
            if let last = runs.last, last.series == owner {
                runs[runs.count - 1].text.append(character)
            } else {
                runs.append((owner, String(character)))
            }
        }
        return runs
    }
}
