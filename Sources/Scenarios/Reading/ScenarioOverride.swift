public import Diagnostics
import Yams

/// A key of a scenario with a value of its own, as `--set train.learning_rate=0.1` says it.
public struct ScenarioOverride: Sendable, Hashable {
    /// The path, for example `train.learning_rate`.
    public let key: String
    /// The value as YAML, for example `0.1` or `{rule: dirichlet, alpha: 0.5}`.
    public let value: String

    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    /// The text of a scenario in which these keys have these values. It is another file than `text`: comments are gone.
    ///
    /// - Parameter file: the scenario's path, for messages.
    /// - Throws: a ``Problem`` of kind `data` when `text` is no scenario, `usage` when an override does not fit into it.
    ///   Whether the result is a scenario, ``Scenario/parse(_:file:)`` says.
    public static func apply(
        _ overrides: [ScenarioOverride], to text: String, file: String
    ) throws(Problem) -> String {
        let document = YAMLDocument(text)
        guard document.mistakes.isEmpty, var root = document.root else {
            _ = try Scenario.parse(text, file: file)
            throw Problem(.data, "there are no keys and values", at: file)
        }
        for override in overrides {
            let path = override.key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            do {
                guard let node = try Parser(yaml: override.value).singleRoot() else {
                    throw Problem(.usage, "\"\(override.key)\" is given no value", at: file)
                }
                try override.set(path[...], node, in: &root, file)
            } catch let problem as Problem {
                throw problem
            } catch {
                throw Problem(.usage, "\"\(override.value)\", given for \"\(override.key)\", is not YAML", at: file)
            }
        }
        do {
            return try serialize(node: .mapping(root))
        } catch {
            throw Problem(.software, "the scenario cannot be written with other values: \(error)", at: file)
        }
    }

    private func set(
        _ path: ArraySlice<String>, _ node: Node, in mapping: inout Node.Mapping, _ file: String
    ) throws(Problem) {
        guard let first = path.first, !first.isEmpty else {
            throw Problem(
                .usage, "\"\(key)\" is no key", at: file, remedy: "fed check --keys lists the keys of a scenario")
        }
        let rest = path.dropFirst()
        guard !rest.isEmpty else {
            mapping[Node(first)] = node
            return
        }
        var existing = mapping[Node(first)]
        if let value = existing, value.scalar != nil, path.startIndex == 0,
            let name = Scenario.shortForms[first]
        {
            existing = .mapping(Node.Mapping([(Node(name), value)]))
        }
        guard existing == nil || existing?.mapping != nil else {
            throw Problem(
                .usage, "\"\(first)\" is a single value in the scenario, so \"\(key)\" cannot be set", at: file,
                remedy: "write \"\(first)\" out as a section, or set all of it: --set '\(first)={…}'")
        }
        var section = existing?.mapping ?? Node.Mapping([])
        try set(rest, node, in: &section, file)
        mapping[Node(first)] = .mapping(section)
    }
}
