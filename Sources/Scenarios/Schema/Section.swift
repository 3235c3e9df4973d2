import Settings
import Yams

/// A mapping of a scenario file while it is read. Each call asks for one key and says all about it: name, kind,
/// default and meaning. A value that is wrong is noted, and the default takes its place so that the reading goes on.
final class Section {
    private let path: SectionPath
    private let reader: ScenarioReader
    private var entries: [(name: String, mark: SourceMark?, node: Node)] = []
    private var asked: Set<String> = []
    private var refused: Set<String> = []
    /// The key for which a single value stands in the section's place, or might if the file had it: messages name the section.
    private var short: String?
    /// Whether something else stands in the section's place, which has been noted.
    private var isMistaken = false

    /// A section that the file does not have is an empty one.
    init(path: SectionPath, mapping: Node.Mapping?, reader: ScenarioReader) {
        self.path = path
        self.reader = reader
        guard let mapping else { return }
        for pair in mapping {
            guard let name = pair.key.scalar?.string else {
                reader.note("a key is one word", at: SourceMark(pair.key.mark), key: path.text, remedy: nil)
                continue
            }
            let mark = SourceMark(pair.key.mark, length: name.unicodeScalars.count)
            entries.append((name, mark, pair.value))
        }
    }

    // MARK: Asking for keys

    /// A key that the file has to have; nil when it has not, or has a wrong value there.
    func require<Value>(_ name: String, _ kind: ValueKind<Value>, _ meaning: String) -> Value? {
        let key = declare(name, kind.expectation, standard: nil, nil, meaning)
        if entry(name) == nil, !path.isExample, !isMistaken {
            reader.noteAbsence(of: key, path: text(of: name), at: path.mark)
        }
        return value(name, kind, nil)
    }

    /// A key with a default.
    func read<Value>(
        _ name: String, _ kind: ValueKind<Value>, default standard: Value, if condition: Condition? = nil,
        _ meaning: String
    ) -> Value {
        declare(name, kind.expectation, standard: kind.text(standard), condition, meaning)
        return value(name, kind, condition) ?? standard
    }

    /// A key whose default depends on others, and is told in words; nil when it is absent or has a wrong value.
    func read<Value>(
        _ name: String, _ kind: ValueKind<Value>, otherwise standard: String, _ meaning: String
    ) -> Value? {
        declare(name, kind.expectation, standard: standard, nil, meaning)
        return value(name, kind, nil)
    }

    /// A key that something declares itself, with its default in words; nil when it is absent or has a wrong value.
    func read(_ setting: Setting, otherwise standard: String, if condition: Condition? = nil) -> SettingValue? {
        let kind = ValueKind.setting(setting)
        declare(setting.name, kind.expectation, standard: standard, condition, setting.meaning)
        return value(setting.name, kind, condition)
    }

    /// Keys that something declares itself, whatever the others are.
    func read(_ settings: [Setting], into values: inout SettingValues) {
        for setting in settings {
            if let value = read(setting, otherwise: setting.standard.text) { values.set(setting.name, value) }
        }
    }

    /// Whether the value of the key was refused.
    func isRefused(_ name: String) -> Bool { refused.contains(name) }

    /// A key on whose value other keys depend.
    func choose<Value: RawRepresentable<String> & Equatable>(
        _ name: String, _ cases: [Value], default standard: Value, _ meaning: String
    ) -> Choice<Value> {
        let kind = ValueKind<Value>.choice(cases)
        declare(name, kind.expectation, standard: standard.rawValue, nil, meaning)
        let value = value(name, kind, nil)
        return Choice(name: name, value: value ?? standard, isKnown: !refused.contains(name))
    }

    /// The section under a key. With `short`, a single value may stand in its place, for the key of that name.
    func section(_ name: String, short: String? = nil) -> Section {
        asked.insert(name)
        let path = path.section(name)
        guard let entry = entry(name) else {
            let section = reader.section(at: path, of: nil)
            section.short = short
            return section
        }
        if let mapping = entry.node.mapping { return reader.section(at: path, of: mapping) }
        if let short, let scalar = entry.node.scalar, !Self.isNull(scalar) {
            let section = reader.section(at: path, of: Node.Mapping([(Node(short), entry.node)]))
            section.short = short
            return section
        }
        refused.insert(name)
        // `round: 8`, where there are no rounds.
        if entry.node.scalar != nil, let word = Spelling.nearest(to: name, among: reader.absentKeys(of: self.path)) {
            reader.note(
                "\"\(path.text)\" \(Self.words(for: entry.node)), but has to be a section", at: entry.mark,
                key: path.text,
                remedy: "Write \"\(word)\".")
            reader.meant.insert(self.path.text(of: word))
            let section = reader.section(at: path, of: nil)
            section.isMistaken = true
            return section
        }
        let kind = short == nil ? "a section" : "a single value, or a section"
        reader.note(
            "\"\(path.text)\" \(Self.words(for: entry.node)), but has to be \(kind) with keys of its own",
            at: SourceMark(entry.node.mark) ?? entry.mark, key: path.text, remedy: nil)
        let section = reader.section(at: path, of: nil)
        section.isMistaken = true
        return section
    }

    /// The sections of a list under a key, each read by `read`.
    func list<Item>(_ name: String, upTo most: Int, _ read: (Section) -> Item?) -> [Item] {
        asked.insert(name)
        // For what it declares.
        _ = read(reader.section(at: path.example(name), of: nil))
        guard let entry = entry(name) else { return [] }
        guard let items = entry.node.sequence, items.count <= most else {
            let found = entry.node.sequence.map { "has \($0.count) items" } ?? Self.words(for: entry.node)
            refuse(name, "\(found), but has to be a list of at most \(most) sections", remedy: nil)
            return []
        }
        return items.enumerated().compactMap { number, node in
            let path = path.item(number + 1, of: name, at: SourceMark(node.mark) ?? entry.mark)
            guard let mapping = node.mapping else {
                reader.note(
                    "\"\(path.text)\" \(Self.words(for: node)), but has to be a section with keys of its own",
                    at: path.mark, key: path.text, remedy: nil)
                return nil
            }
            return read(reader.section(at: path, of: mapping))
        }
    }

    // MARK: What goes together

    /// Whether the file has the key.
    func has(_ name: String) -> Bool { entry(name) != nil }

    /// Notes that the value of a key does not go with that of another. When one of the two has been refused before,
    /// it is left at that.
    func refuse(_ name: String, with other: String, _ what: String, remedy: String? = nil) {
        guard !refused.contains(other) else { return }
        refuse(name, what, remedy: remedy)
    }

    private func refuse(_ name: String, _ what: String, remedy: String?) {
        guard refused.insert(name).inserted else { return }
        let place = entry(name).flatMap { mark(of: $0.node) ?? $0.mark }
        reader.note("\"\(text(of: name))\" \(what)", at: place, key: text(of: name), remedy: remedy)
    }

    /// Notes the keys that have not been asked for, and returns the paths of those that they seem to mean.
    func noteUnknownKeys(all keys: [ScenarioKey]) -> [String] {
        let free = asked.subtracting(entries.map { $0.name }).sorted()
        var meant: [String] = []
        for entry in entries where !asked.contains(entry.name) {
            let shown = path.text(of: entry.name)
            let remedy: String
            // What has to be there and is not is meant before anything else.
            if let word = Spelling.nearest(to: entry.name, among: reader.absentKeys(of: path))
                ?? Spelling.nearest(to: entry.name, among: free)
            {
                meant.append(path.text(of: word))
                remedy = "Write \"\(word)\"."
            } else if let word = Spelling.nearest(to: entry.name, among: asked.sorted()),
                let line = self.entry(word)?.mark?.line
            {
                remedy = "It looks like \"\(word)\", which is given in line \(line)."
            } else if keys.contains(where: { $0.section == entry.name }) {
                remedy = "It belongs at the top, without indentation."
            } else if let key = keys.first(where: { $0.name == entry.name }) {
                let place = key.section.isEmpty ? "at the top, without indentation" : "under \"\(key.section)\""
                remedy = "It belongs \(place)."
            } else {
                let place = path.text.isEmpty ? "at the top" : "under \"\(path.text)\""
                remedy = "The keys \(place) are \(asked.sorted().joined(separator: ", "))."
            }
            reader.note("unknown key \"\(shown)\"", at: entry.mark, key: shown, remedy: remedy)
        }
        return meant
    }

    // MARK: Reading a value

    private func value<Value>(_ name: String, _ kind: ValueKind<Value>, _ condition: Condition?) -> Value? {
        guard let entry = entry(name) else { return nil }
        if let condition, condition.holds == false {
            refused.insert(name)
            reader.note(
                "\"\(text(of: name))\" goes with \(condition.text) only", at: entry.mark, key: text(of: name),
                remedy: "Leave it out, or write \"\(condition.text)\".")
            return nil
        }
        let node = kind.takesList ? Self.joined(entry.node) : entry.node
        guard let scalar = node.scalar, !Self.isNull(scalar), !Self.isTagged(scalar) else {
            return refuse(entry, expectation: kind.expectation, remedy: nil)
        }
        switch kind.read(ScalarText(text: scalar.string, isQuoted: scalar.style != .plain)) {
        case .value(let value): return value
        case .mismatch(let remedy): return refuse(entry, expectation: kind.expectation, remedy: remedy)
        }
    }

    private func refuse<Value>(
        _ entry: (name: String, mark: SourceMark?, node: Node), expectation: String, remedy: String?
    ) -> Value? {
        refuse(entry.name, "\(Self.words(for: entry.node)), but has to be \(expectation)", remedy: remedy)
        return nil
    }

    @discardableResult
    private func declare(
        _ name: String, _ expectation: String, standard: String?, _ condition: Condition?, _ meaning: String
    ) -> ScenarioKey {
        asked.insert(name)
        let key = ScenarioKey(
            path: path.key(of: name), expectation: expectation, standard: standard, condition: condition?.text,
            meaning: meaning)
        reader.declare(key)
        return key
    }

    /// How messages call a key.
    private func text(of name: String) -> String { name == short ? path.text : path.text(of: name) }

    private func entry(_ name: String) -> (name: String, mark: SourceMark?, node: Node)? {
        entries.first { $0.name == name }
    }

    /// A list of single values as one, with commas between them; anything else as it is.
    private static func joined(_ node: Node) -> Node {
        guard let items = node.sequence, !items.isEmpty else { return node }
        let texts = items.compactMap { item in
            item.scalar.flatMap { $0.style == .plain && !isTagged($0) ? $0.string : nil }
        }
        return texts.count == items.count ? Node(texts.joined(separator: ",")) : node
    }

    private func mark(of node: Node) -> SourceMark? {
        let isLine = node.scalar.map { $0.style == .plain && !$0.string.contains("\n") } ?? false
        return SourceMark(node.mark, length: isLine ? node.scalar?.string.unicodeScalars.count ?? 1 : 1)
    }

    // MARK: Words

    private static func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// Whether the value has an explicit tag, such as `!!int` or `!anything`.
    private static func isTagged(_ scalar: Node.Scalar) -> Bool {
        let tag = scalar.tag.rawValue
        return !tag.isEmpty && (scalar.style == .plain || tag != Tag.Name.str.rawValue)
    }

    /// How a message calls what stands where a value has to be.
    private static func words(for node: Node) -> String {
        switch node {
        case .mapping: return "is a section"
        case .sequence: return "is a list"
        case .alias: return "is an alias"
        case .scalar(let scalar):
            if isNull(scalar) { return "has no value" }
            if isTagged(scalar) { return "has the tag \(clipped(scalar.tag.rawValue))" }
            return "is \(scalar.style == .plain ? clipped(scalar.string) : "\"\(clipped(scalar.string))\"")"
        }
    }

    private static func clipped(_ text: String) -> String {
        let limit = 40
        let shown = text.prefix(limit).map { character -> Character in
            character.unicodeScalars.contains { $0.properties.generalCategory == .control } ? " " : character
        }
        return String(shown) + (text.count > limit ? "…" : "")
    }
}
