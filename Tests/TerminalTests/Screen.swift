import Terminal

/// As much of a terminal as ``LiveRegion`` uses: it shows what the text that it is fed makes of the screen.
struct Screen {
    private let size: TerminalSize
    private var rows: [[Character]] = [[]]
    private(set) var row = 0
    private(set) var column = 0
    private(set) var isCursorShown = true

    init(_ size: TerminalSize) {
        self.size = size
    }

    /// What is on the screen and what has scrolled off it, without blanks and empty rows at the ends.
    var text: String {
        var lines = rows.map { line in
            var line = line
            while line.last == " " { line.removeLast() }
            return String(line)
        }
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n")
    }

    mutating func feed(_ text: String) {
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r": column = 0
            case "\n":
                column = 0
                goDown()
            case "\u{1B}":
                precondition(rest.popFirst() == "[")
                var parameters = ""
                while let next = rest.popFirst() {
                    if ("@"..."~").contains(next) {
                        command(next, parameters)
                        break
                    }
                    parameters.unicodeScalars.append(next)
                }
            default: put(Character(scalar))
            }
        }
    }

    private mutating func command(_ final: Unicode.Scalar, _ parameters: String) {
        switch (final, parameters) {
        case ("A", let count): row = max(row - (Int(count) ?? 1), rows.count - size.rows, 0)
        case ("J", ""):
            rows[row] = Array(rows[row].prefix(column))
            rows.removeSubrange((row + 1)...)
        case ("K", ""): rows[row] = Array(rows[row].prefix(column))
        case ("l", "?25"): isCursorShown = false
        case ("h", "?25"): isCursorShown = true
        case ("m", _): break
        default: preconditionFailure("the screen does not know \(parameters)\(final)")
        }
    }

    private mutating func put(_ character: Character) {
        if column == size.columns {
            column = 0
            goDown()
        }
        while rows[row].count <= column { rows[row].append(" ") }
        rows[row][column] = character
        column += 1
    }

    private mutating func goDown() {
        row += 1
        while rows.count <= row { rows.append([]) }
    }
}
