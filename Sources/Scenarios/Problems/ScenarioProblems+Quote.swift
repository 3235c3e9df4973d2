import Diagnostics

extension ScenarioProblems {
    /// Each problem with the line that it is about, a caret under the place, and the remedy:
    ///
    ///     my.yaml:3:1: unknown key "rouns"
    ///        3 | rouns: 8
    ///          | ^^^^^
    ///       Write "rounds".
    public var report: String {
        let source = SourceText(text)
        return all.map { found in
            let problem = found.problem
            var lines = [problem.place.map { "\($0): \(problem.what)" } ?? problem.what]
            if let mark = found.mark, let line = source[mark.line] {
                lines += quote(line, mark)
            }
            if let remedy = problem.remedy {
                lines.append("  \(remedy)")
            }
            return lines.joined(separator: "\n")
        }
        .joined(separator: "\n")
    }

    /// The line under its number, and carets under what the problem is about. Long lines are cut around it.
    private func quote(_ line: String, _ mark: SourceMark) -> [String] {
        let limit = 100
        let scalars = Array(line.unicodeScalars)
        let place = min(mark.column - 1, scalars.count)
        let start = place > limit - 20 ? place - 20 : 0
        let shown = scalars[start..<min(scalars.count, start + limit)]
        let number = String(mark.line)
        let gutter = String(repeating: " ", count: max(0, 4 - number.count)) + number
        let text = String(String.UnicodeScalarView(shown.map(printable)))
        // Tabs stay tabs so that the caret stands where the terminal puts the character.
        let indent = String(String.UnicodeScalarView(scalars[start..<place].map { $0 == "\t" ? "\t" : " " }))
        let carets = String(repeating: "^", count: max(1, min(mark.length, shown.endIndex - place)))
        return [
            "  \(gutter) | \(text)", "  \(String(repeating: " ", count: gutter.count)) | \(indent)\(carets)",
        ]
    }

    /// What a terminal may be sent: no control characters.
    private func printable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let isControl = scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
        return isControl && scalar != "\t" ? "\u{FFFD}" : scalar
    }
}
