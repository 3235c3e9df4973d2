import Diagnostics
import Randomness
import Scenarios
import Testing

/// What holds for all scenarios, on generated ones.
@Suite struct ScenarioPropertyTests {
    /// A file with all sections, and for each key of the schema a line of its own at the end of its section.
    private static func text(misspelling path: ScenarioKey, as word: String) -> String {
        let required = Scenario.reference.filter {
            $0.standard == nil && $0.section.isEmpty && $0.path != path.path
        }
        var lines = required.map { "\($0.name): 10" }
        guard !path.isOfList else {
            // An item is in order without the key, unless it is the one.
            let whole =
                path.section == "devices[]"
                ? ["speed": "speed: 2", "spread": "spread: 0"] : ["kind": "kind: scaling", "share": "share: 0.5"]
            let rest = whole.filter { $0.key != path.name }.values.sorted()
            lines += ["clients: 10", "\(path.section.dropLast(2)):"]
            lines += rest.enumerated().map { "\($0.offset == 0 ? "  - " : "    ")\($0.element)" }
            return (lines + ["    \(word): 1"]).joined(separator: "\n")
        }
        if path.section == "clients" {
            lines += ["clients:"] + (path.name == "count" ? [] : ["  count: 10"])
        } else {
            lines.append("clients: 10")
            if !path.section.isEmpty { lines.append("\(path.section):") }
        }
        lines.append("\(path.section.isEmpty ? "" : "  ")\(word): 1")
        return lines.joined(separator: "\n")
    }

    /// Every word that is one letter away: left out, doubled, changed, put in, or swapped with its neighbour.
    private static func misspellings(of word: String) -> [String] {
        let letters = Array(word)
        var words: Set<String> = []
        for index in letters.indices {
            for letter in "aeknxz_" {
                var other = letters
                other[index] = letter
                words.insert(String(other))
                other = letters
                other.insert(letter, at: index)
                words.insert(String(other))
            }
            var other = letters
            other.remove(at: index)
            words.insert(String(other))
            if index > 0 {
                other = letters
                other.swapAt(index, index - 1)
                words.insert(String(other))
            }
        }
        return words.subtracting([word, "", "_"]).sorted()
    }

    @Test(arguments: Scenario.reference) func everyMisspellingIsAnsweredWithTheWord(key: ScenarioKey) throws {
        let others = Set(Scenario.reference.filter { $0.section == key.section }.map(\.name))
        func distance(_ word: String, _ other: String) -> Int { Spelling.distance(Array(word), Array(other)) }
        for word in Self.misspellings(of: key.name) where !others.contains(word) {
            // Of a key with one letter nothing may be left.
            guard distance(word, key.name) < max(word.count, key.name.count) else { continue }
            let text = Self.text(misspelling: key, as: word)
            let line = text.split(separator: "\n").count
            do {
                _ = try Scenario.check(text, file: "x.yaml")
                Issue.record("\(word) is taken for a key")
            } catch {
                let expected = "x.yaml:\(line):\(key.section.isEmpty ? 1 : key.isOfList ? 5 : 3)"
                // Without a share an item is nobody's, and that is said too.
                #expect(error.all.count == (key.path == "behaviours[].share" ? 2 : 1), "\(error.all)")
                #expect(error.all.last?.problem.place == expected)
                // Another key may be as near.
                let nearest = distance(word, key.name)
                let near = [key.name] + others.filter { distance(word, $0) <= nearest }
                let remedy = error.all.last?.problem.remedy
                #expect(near.contains { remedy == "Write \"\($0)\"." }, "\(word)")
            }
        }
    }

    /// Any text is a scenario or has problems; nothing else happens, and whatever is said can be printed.
    @Test func noTextTraps() {
        var stream = RandomStream(seed: 1, purpose: .dropout)
        let pieces = [
            "rounds", "clients", "train", "partition", ": ", ":", "\n", "\n  ", "\t", "- ", "? ", "[", "]", "{", "}",
            ",", "&a ",
            "*a", "!!int ", "!x ", "|", ">", "'", "\"", "#", "---\n", "...\n", "%YAML 1.1\n", "<<", "\\uD800", "\0",
            "\u{FEFF}",
            "\r", "\u{2028}", "é", "👩‍🚀", "10", "1e999", "-0", ".nan", "~", "null", "true", "0x10", "1:30",
        ]
        for _ in 0..<5_000 {
            let count = Int.random(in: 0...30, using: &stream)
            let text = (0..<count).map { _ in pieces[Int.random(in: pieces.indices, using: &stream)] }.joined()
            check(text)
        }
        for _ in 0..<5_000 {
            let count = Int.random(in: 0...60, using: &stream)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &stream) }
            check(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// A scenario that is in order, with bytes changed here and there.
    @Test func noDamageTraps() {
        var stream = RandomStream(seed: 2, purpose: .dropout)
        let whole = Array(
            """
            rounds: 8
            clients: 10
            partition: {rule: dirichlet, alpha: 0.5}
            train:
              learning_rate: 0.1
              batch_size: all
            network:
              heartbeat: 5s

            """.utf8)
        for _ in 0..<5_000 {
            var bytes = whole
            for _ in 0...Int.random(in: 0...3, using: &stream) {
                let place = Int.random(in: bytes.indices, using: &stream)
                switch Int.random(in: 0...2, using: &stream) {
                case 0: bytes[place] = UInt8.random(in: 0...127, using: &stream)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[Int.random(in: bytes.indices, using: &stream)], at: place)
                }
            }
            check(String(decoding: bytes, as: UTF8.self))
        }
    }

    private func check(_ text: String) {
        do {
            let scenario = try Scenario.check(text, file: "x.yaml")
            #expect(scenario.cohort <= scenario.clients && scenario.minimumUpdates <= scenario.cohort)
        } catch {
            #expect(!error.report.isEmpty)
        }
    }

    static let excesses = [
        "flow sequences": String(repeating: "[", count: 60_000),
        "flow mappings": String(repeating: "{a: ", count: 15_000),
        "sequences": String(repeating: "- ", count: 30_000),
        "keys that are mappings": String(repeating: "? ", count: 30_000),
        "deep mappings": (0..<300).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n"),
        "unknown keys": (0..<9_000).map { "k\($0):" }.joined(separator: "\n"),
        "one key": String(repeating: "a:\n", count: 20_000),
        "comments": String(repeating: "#\n", count: 30_000),
        "more than a file may have": "name: " + String(repeating: "x", count: 70_000),
        "aliases of aliases as a key": "a: &a [x, x]\n"
            + (1..<60).map { "b\($0): &b\($0) [*\($0 == 1 ? "a" : "b\($0 - 1)"), *\($0 == 1 ? "a" : "b\($0 - 1)")]\n" }
            .joined() + "? *b59\n: 1",
    ]

    /// Nested and repeated beyond all measure, and answered at once.
    @Test(.timeLimit(.minutes(1)), arguments: excesses.keys.sorted()) func excess(of what: String) throws {
        let text = try #require(Self.excesses[what])
        #expect(throws: ScenarioProblems.self) { try Scenario.check(text, file: "x.yaml") }
    }
}

extension ScenarioKey {
    /// Whether it is one of the items of a list.
    fileprivate var isOfList: Bool { section.hasSuffix("[]") }
}
