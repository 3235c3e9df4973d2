public import Diagnostics
import Foundation

extension Scenario {
    /// Reads a scenario file.
    ///
    /// - Parameter overrides: keys that have other values than in the file.
    /// - Throws: a ``Problem`` when the file is missing or cannot be read (`noInput`), and the first of its mistakes
    ///   (`data`).
    public static func load(path: String, overrides: [ScenarioOverride] = []) throws(Problem) -> Scenario {
        try parse(try text(ofFile: path), file: path, overrides: overrides)
    }

    /// Reads a scenario from the text of a file, with other values for some of its keys.
    public static func parse(
        _ text: String, file: String, overrides: [ScenarioOverride]
    ) throws(Problem) -> Scenario {
        // A scenario as it is keeps its text, so that the record has it with its comments.
        guard !overrides.isEmpty else { return try parse(text, file: file) }
        let changed = try ScenarioOverride.apply(overrides, to: text, file: file)
        do {
            return try parse(changed, file: file)
        } catch {
            // Lines of a text that nobody has seen would only confuse.
            let list = overrides.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            throw Problem(error.kind, error.what, at: "\(file) with \(list)", remedy: error.remedy)
        }
    }

    /// Reads a scenario from the text of a file.
    ///
    /// - Parameter file: The file's path, for messages and for the default of `name`.
    /// - Throws: the first of the mistakes, which says how many more there are.
    public static func parse(_ text: String, file: String) throws(Problem) -> Scenario {
        do {
            return try check(text, file: file)
        } catch {
            throw error.first
        }
    }

    /// Reads a scenario from the text of a file.
    ///
    /// - Throws: all the mistakes that are in it.
    public static func check(_ text: String, file: String) throws(ScenarioProblems) -> Scenario {
        let reader = ScenarioReader(text: text, file: file)
        let name = URL(filePath: file).deletingPathExtension().lastPathComponent
        let scenario = reader.top().flatMap { read($0, fileName: name, text: text) }
        try reader.finish()
        guard let scenario else { preconditionFailure("a scenario that cannot be read has a problem noted") }
        return scenario
    }

    /// The text of a scenario file.
    ///
    /// - Throws: a ``Problem``: the file is missing or cannot be read (`noInput`), or is no UTF-8 (`data`).
    public static func text(ofFile path: String) throws(Problem) -> String {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            let isMissing = !FileManager.default.fileExists(atPath: path)
            throw Problem(
                .noInput, isMissing ? "there is no such file" : "the file cannot be read", at: path,
                remedy: isMissing ? "Scenarios lie in the folder scenarios; their names end in .yaml." : nil)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let valid = String(decoding: bytes, as: UTF8.self).utf8
            let offset = zip(bytes, valid).prefix { $0 == $1 }.count
            throw Problem(
                .data, "byte \(offset) is not UTF-8", at: path, remedy: "Save the file as text in UTF-8.")
        }
        // Editors on Windows put a byte-order mark before the text.
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    /// The keys that a scenario may have, in the order of the schema.
    public static var reference: [ScenarioKey] {
        let reader = ScenarioReader(text: "", file: "")
        _ = read(reader.section(at: .top, of: nil), fileName: "", text: "")
        return reader.keys
    }
}
