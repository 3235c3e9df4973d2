import Diagnostics
import Yams

/// Reads one scenario file by its schema: hands out its sections, and collects every mistake and every key that the
/// schema asks for.
final class ScenarioReader {
    private let file: String
    private let text: String
    private var problems: [ScenarioProblem] = []
    private var absent: [(key: ScenarioKey, path: String, mark: SourceMark?)] = []
    private var declared: Set<String> = []
    private var sections: [Section] = []
    /// All keys that were asked for, in the order of the schema.
    private(set) var keys: [ScenarioKey] = []

    init(text: String, file: String) {
        self.file = file
        self.text = text
    }

    /// The top of the file, or nil when there is nothing that can be read.
    func top() -> Section? {
        let document = YAMLDocument(text)
        for mistake in document.mistakes {
            note(mistake.what, at: mistake.mark, key: mistake.key, remedy: mistake.remedy)
        }
        return document.root.map { section(at: .top, of: $0) }
    }

    func section(at path: SectionPath, of mapping: Node.Mapping?) -> Section {
        let section = Section(path: path, mapping: mapping, reader: self)
        sections.append(section)
        return section
    }

    func note(_ what: String, at mark: SourceMark?, key: String, remedy: String?) {
        let place = mark.map { "\(file):\($0)" } ?? file
        problems.append(
            ScenarioProblem(problem: Problem(.data, what, at: place, remedy: remedy), mark: mark, key: key))
    }

    /// The paths of keys that are absent, and for which others stand in the file by mistake.
    var meant: Set<String> = []

    func declare(_ key: ScenarioKey) {
        // The items of a list have the same.
        if declared.insert(key.path).inserted { keys.append(key) }
    }

    /// Notes that a key which has no default is not in the file.
    ///
    /// - Parameters:
    ///   - path: the key's, with the place in each list.
    ///   - mark: where it should be, if that is anywhere.
    func noteAbsence(of key: ScenarioKey, path: String, at mark: SourceMark?) {
        absent.append((key, path, mark))
    }

    /// The names of the keys that a section has to have and has not.
    func absentKeys(of section: SectionPath) -> [String] {
        absent.compactMap { key, path, _ in section.text(of: key.name) == path ? key.name : nil }
    }

    /// To be called when everything has been asked for: answers the keys that nothing asked for, and throws what has
    /// been collected, in the order of the lines.
    func finish() throws(ScenarioProblems) {
        let misspelt = meant.union(sections.flatMap { $0.noteUnknownKeys(all: keys) })
        for (key, path, mark) in absent where !misspelt.contains(path) {
            note(
                "\"\(path)\" is missing; it has to be \(key.expectation)", at: mark, key: path,
                remedy: "Add a line \"\(path.split(separator: ".").last ?? ""): …\".")
        }
        guard !problems.isEmpty else { return }
        // Those without a place come first, and those of one place stay in their order.
        let start = SourceMark(line: 0, column: 0)
        let sorted = problems.enumerated().sorted { left, right in
            (left.element.mark ?? start, left.offset) < (right.element.mark ?? start, right.offset)
        }
        throw ScenarioProblems(file: file, text: text, all: sorted.map(\.element))
    }
}
