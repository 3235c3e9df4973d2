import Yams

/// The tree of a scenario file, as far as it can be read, and what is wrong with its YAML.
struct YAMLDocument {
    /// The keys and values of the file, or none when the problems are such that there is no telling.
    private(set) var root: Node.Mapping?
    private(set) var mistakes: [Mistake] = []

    struct Mistake {
        let what: String
        let mark: SourceMark?
        var key = ""
        var remedy: String?
    }

    /// A larger file is no scenario. The limit keeps the work on hostile text small.
    static let byteLimit = 65_536

    init(_ text: String) {
        guard text.utf8.count <= Self.byteLimit else {
            mistakes = [Mistake(what: "the file is longer than \(Self.byteLimit) bytes", mark: nil)]
            return
        }
        // Before the parser sees them: comparing keys built of nested aliases takes time exponential in the text.
        if let alias = Self.firstAlias(in: text) {
            mistakes = [alias]
            return
        }
        compose(text)
    }

    /// Composes the tree. The parser stops at a key that is given twice; the second is then noted and left out, so
    /// that the rest of the file is checked too.
    private mutating func compose(_ text: String) {
        var lines = SourceText(text).lines
        while true {
            do {
                let source = lines.joined(separator: "\n")
                guard let node = try Parser(yaml: source, encoding: .utf8).singleRoot(), !Self.isNothing(node) else {
                    mistakes.append(Mistake(what: "the file is empty", mark: nil, remedy: Self.smallest))
                    return
                }
                guard let mapping = node.mapping else {
                    mistakes.append(
                        Mistake(
                            what: "a scenario is a list of keys and values", mark: SourceMark(node.mark),
                            remedy: Self.smallest))
                    return
                }
                root = mapping
                return
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let found = RepeatedKeys(keys: keys, first: context.mark, lines: lines)
                mistakes += found.mistakes
                guard found.areLeftOut else { return }
                lines = found.linesWithoutThem
            } catch let error as YamlError {
                mistakes.append(Self.mistake(error, lines: lines))
                return
            } catch {
                mistakes.append(Mistake(what: "the file is not YAML: \(error)", mark: nil))
                return
            }
        }
    }

    private static let smallest = "The shortest scenario has two lines: \"rounds: 100\" and \"clients: 10\"."

    private static func isNothing(_ node: Node) -> Bool {
        guard let scalar = node.scalar else { return false }
        return scalar.string.isEmpty && scalar.style == .plain
    }

    private static func mistake(_ error: YamlError, lines: [String]) -> Mistake {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let words = [problem, context?.text].compactMap { $0 }.filter { !$0.isEmpty }
            // What is not closed is missed at the end of the file; the place to look at is where it begins.
            let isAtEnd = mark.line > lines.count || lines[(mark.line - 1)...].allSatisfy(\.isEmpty)
            return Mistake(
                what: "this is not YAML: \(words.joined(separator: " "))",
                mark: SourceMark(isAtEnd ? context?.mark ?? mark : mark),
                remedy: "Write \"key: value\", one key a line; the keys under another are indented by the same spaces.")
        case .reader(let problem, let offset, _, let text):
            return Mistake(
                what: "this is not YAML: \(problem)", mark: offset.map { SourceText.mark(ofByte: $0, in: text) })
        default:
            return Mistake(what: "this is not YAML: \(error)", mark: nil)
        }
    }

    /// An alias whose anchor is in the text too; whatever else looks like one is refused by the parser.
    private static func firstAlias(in text: String) -> Mistake? {
        let lines = SourceText(text).lines.map { line in
            line.drop { $0 == " " || $0 == "\t" }.first == "#" ? [] : Array(line.unicodeScalars)
        }
        let anchors = Set(lines.flatMap { names(after: "&", in: $0).map(\.name) })
        guard !anchors.isEmpty else { return nil }
        for (number, line) in lines.enumerated() {
            for alias in names(after: "*", in: line) where anchors.contains(alias.name) {
                return Mistake(
                    what: "a scenario has no anchors and aliases",
                    mark: SourceMark(line: number + 1, column: alias.column, length: alias.name.count + 1),
                    remedy: "Write out what \"*\(String(String.UnicodeScalarView(alias.name)))\" stands for.")
            }
        }
        return nil
    }

    private static func names(
        after sign: Unicode.Scalar, in line: [Unicode.Scalar]
    ) -> [(name: [Unicode.Scalar], column: Int)] {
        line.indices.filter { line[$0] == sign }.compactMap { index in
            let name = line[(index + 1)...].prefix { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) || scalar == "-"
                    || scalar == "_"
            }
            return name.isEmpty ? nil : (Array(name), index + 1)
        }
    }
}

extension SourceMark {
    /// A place that the parser reports; it counts columns in Unicode scalars, too.
    init?(_ mark: Mark?, length: Int = 1) {
        guard let mark else { return nil }
        self.init(line: mark.line, column: mark.column, length: length)
    }
}
