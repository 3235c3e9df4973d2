/// A text and its lines, broken where YAML breaks them.
struct SourceText {
    /// The lines, without their ends.
    let lines: [String]

    init(_ text: String) {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where afterReturn:
                afterReturn = false
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(String(line))
                line = String.UnicodeScalarView()
                afterReturn = scalar == "\r"
            default:
                line.append(scalar)
                afterReturn = false
            }
        }
        lines.append(String(line))
        self.lines = lines
    }

    /// The line with this number, counted from 1.
    subscript(number: Int) -> String? {
        lines.indices.contains(number - 1) ? lines[number - 1] : nil
    }

    /// The place of a byte, counted from 0 in the text's UTF-8.
    static func mark(ofByte offset: Int, in text: String) -> SourceMark {
        let before = SourceText(String(decoding: text.utf8.prefix(offset), as: UTF8.self)).lines
        return SourceMark(line: before.count, column: (before.last?.unicodeScalars.count ?? 0) + 1)
    }
}
