import ArgumentParser
import Diagnostics
import Foundation
import Programs
import Scenarios

/// `fed check`: is this a scenario?
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check scenario files.",
        discussion: """
            Prints a line for each file that is in order, and every mistake in the others with the line it is in. \
            Exits with 65 when a file has mistakes, and with 66 when one is missing.
            """)

    @Argument(help: "Scenario files.")
    var files: [String] = []

    @OptionGroup var scenarioOptions: ScenarioOptions

    @Flag(help: "Print the findings as JSON.")
    var json = false

    @Flag(help: "Print all the keys that a scenario may have, what may stand there, and the defaults.")
    var keys = false

    func validate() throws {
        guard keys != files.isEmpty else { return }
        throw ValidationError(keys ? "--keys takes no files." : "Name a scenario file, for example: fed check my.yaml")
    }

    func run() throws {
        if keys { return try printKeys() }
        let findings = files.map { CheckFinding($0, overrides: scenarioOptions.overrides) }
        if json {
            try Self.printJSON(findings)
        } else {
            for finding in findings {
                let output: FileHandle = finding.isInOrder ? .standardOutput : .standardError
                output.write(Data("\(finding.report)\n".utf8))
            }
        }
        let worst = findings.compactMap(\.kind).min { $0.rawValue < $1.rawValue }
        if let worst { throw ExitCode(worst.rawValue) }
    }

    private func printKeys() throws {
        if json { return try Self.printJSON(Scenario.reference) }
        for key in Scenario.reference {
            print("\(key.path)  \(key.meaning)")
            let condition = key.condition.map { ", with \($0)" } ?? ""
            let standard = key.standard.map { $0.isEmpty ? "" : "; default: \($0)" } ?? "; has to be there"
            print("    \(key.expectation)\(condition)\(standard)")
        }
    }

    private static func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
