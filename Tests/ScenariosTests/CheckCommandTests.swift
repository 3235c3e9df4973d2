import Foundation
import TestSupport
import Testing

/// `fed check`, as a user runs it.
@Suite struct CheckCommandTests {
    /// The status, standard output and standard error of `fed check` with these arguments.
    private func check(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "fed")
        process.arguments = ["check"] + arguments
        let folder = try TemporaryFolder()
        let files = try ["output", "errors"].map { name in
            try Data().write(to: folder.url.appending(path: name))
            return try FileHandle(forUpdating: folder.url.appending(path: name))
        }
        process.standardOutput = files[0]
        process.standardError = files[1]
        try process.run()
        process.waitUntilExit()
        let texts = try files.map { file in
            try file.seek(toOffset: 0)
            return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        }
        return (process.terminationStatus, texts[0], texts[1])
    }

    private func file(_ name: String, _ text: String, in folder: TemporaryFolder) throws -> String {
        try Data(text.utf8).write(to: folder.url.appending(path: name))
        return folder.path(name)
    }

    @Test func goodFile() throws {
        let folder = try TemporaryFolder()
        let path = try file("a.yaml", "rounds: 2\nclients: 3\n", in: folder)
        let result = try check(path)
        #expect(result.status == 0)
        #expect(result.output == "\(path): 3 clients, all in each of 2 rounds, cnn on mnist, iid\n")
        #expect(result.errors.isEmpty)
    }

    @Test func misspeltKey() throws {
        let folder = try TemporaryFolder()
        let good = try file("good.yaml", "rounds: 2\nclients: 3\n", in: folder)
        let bad = try file("bad.yaml", "rouns: 2\nclients: 3\n", in: folder)
        let result = try check(bad, good, folder.path("none.yaml"))
        #expect(result.status == 65)
        #expect(result.output.hasPrefix("\(good): "))
        #expect(
            result.errors == """
                \(bad):1:1: unknown key "rouns"
                     1 | rouns: 2
                       | ^^^^^
                  Write "rounds".
                \(folder.path("none.yaml")): there is no such file
                  Scenarios lie in the folder scenarios; their names end in .yaml.

                """)
    }

    @Test func missingFile() throws {
        #expect(try check("/no/such.yaml").status == 66)
    }

    @Test func noFile() throws {
        #expect(try check().status == 64)
    }

    @Test func json() throws {
        let folder = try TemporaryFolder()
        let bad = try file("bad.yaml", "clients: 3\nrounds: 2\ntrain:\n  lr: 1\n", in: folder)
        let result = try check("--json", bad)
        #expect(result.status == 65)
        struct Finding: Decodable, Equatable {
            struct Mistake: Decodable, Equatable {
                let line: Int?, column: Int?, key: String?, message: String, remedy: String?
            }
            let file: String, summary: String?, problems: [Mistake]
        }
        let findings = try JSONDecoder().decode([Finding].self, from: Data(result.output.utf8))
        let mistake = Finding.Mistake(
            line: 4, column: 3, key: "train.lr", message: "unknown key \"train.lr\"", remedy: "Write \"learning_rate\"."
        )
        #expect(findings == [Finding(file: bad, summary: nil, problems: [mistake])])
    }
}
