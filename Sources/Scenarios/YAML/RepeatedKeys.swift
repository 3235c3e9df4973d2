import Yams

/// Where keys stand that one mapping has twice. The parser tells the keys and the place of the first; the others are
/// looked for in the lines below it that are indented alike.
struct RepeatedKeys {
    private(set) var mistakes: [YAMLDocument.Mistake] = []
    /// The lines with nothing where the repetitions stood, so that the others keep their numbers.
    private(set) var linesWithoutThem: [String]
    /// Whether they have been found, so that the lines are worth another reading.
    private(set) var areLeftOut = false

    /// - Parameter first: The place of the first occurrence of the first of `keys`.
    init(keys: [String], first: Mark, lines: [String]) {
        linesWithoutThem = lines
        for key in keys {
            let found = Self.lines(with: key, under: first, in: lines)
            for index in found.dropFirst() {
                mistakes.append(
                    YAMLDocument.Mistake(
                        what: "\"\(key)\" is given twice, first in line \(found[0] + 1)",
                        mark: SourceMark(line: index + 1, column: first.column, length: key.unicodeScalars.count),
                        key: key, remedy: "Keep one of the two."))
                leaveOut(from: index, column: first.column)
                areLeftOut = true
            }
        }
        if !areLeftOut {
            let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
            mistakes = [
                YAMLDocument.Mistake(
                    what: "\(names) is given twice", mark: SourceMark(first), key: keys.first ?? "",
                    remedy: "Keep one of the two.")
            ]
        }
    }

    /// The indices of the lines of the mapping around `mark` that begin with `key`. The mapping reaches up and down
    /// to the first line that is indented less.
    private static func lines(with key: String, under mark: Mark, in lines: [String]) -> [Int] {
        let indent = mark.column - 1
        let belongs = { (index: Int) in isBlank(lines[index]) || indentation(lines[index]) >= indent }
        guard lines.indices.contains(mark.line - 1) else { return [] }
        let start = lines[..<(mark.line - 1)].indices.reversed().prefix(while: belongs).last ?? mark.line - 1
        return lines[start...].indices.prefix(while: belongs).filter { index in
            !isBlank(lines[index]) && indentation(lines[index]) == indent && self.key(of: lines[index]) == key
        }
    }

    /// Empties the line and those that are indented under it.
    private mutating func leaveOut(from index: Int, column: Int) {
        linesWithoutThem[index] = ""
        for below in linesWithoutThem.indices.dropFirst(index + 1) {
            let line = linesWithoutThem[below]
            guard Self.isBlank(line) || Self.indentation(line) > column - 1 else { return }
            linesWithoutThem[below] = ""
        }
    }

    private static func indentation(_ line: String) -> Int {
        line.prefix { $0 == " " }.count
    }

    private static func isBlank(_ line: String) -> Bool {
        let content = line.drop { $0 == " " || $0 == "\t" }
        return content.isEmpty || content.first == "#"
    }

    /// What stands before the colon, without quotes.
    private static func key(of line: String) -> String? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let word = line[..<colon].filter { $0 != " " && $0 != "\"" && $0 != "'" }
        return word.isEmpty ? nil : String(word)
    }
}
