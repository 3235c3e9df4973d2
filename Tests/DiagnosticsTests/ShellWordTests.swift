import Diagnostics
import Foundation
import Testing

@Suite struct ShellWordTests {
    @Test(
        "Only what a shell would take apart is quoted",
        arguments: [
            ("fed.sqlite", "fed.sqlite"), ("/tmp/a-b_c/x=1,2.db", "/tmp/a-b_c/x=1,2.db"), ("läufe/日.db", "läufe/日.db"),
            ("my runs/r.db", "'my runs/r.db'"), ("", "''"), ("it's", #"'it'\''s'"#), ("$HOME/*.db", "'$HOME/*.db'"),
            ("~/r.db", "'~/r.db'"), ("a;b", "'a;b'"),
        ])
    func words(text: String, word: String) {
        #expect(text.shellWord == word)
    }

    @Test(
        "A shell reads the word as the text",
        arguments: ["a b", "it's", "''", "a\"b\\c", "$(x)`y`", "new\nline", "#x", "{a,b}", "!x", "tab\t.", "[a]?*&|<>"])
    func shell(text: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "printf %s \(text.shellWord)"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let read = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(String(decoding: read, as: UTF8.self) == text)
    }
}
