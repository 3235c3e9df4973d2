import ArgumentParser
import Foundation
import RunStore
import Terminal

/// What the commands that ask the record have in common.
struct RecordOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("The record.", valueName: "path"))
    var database = "fed.sqlite"

    func reader() throws -> RunReader {
        try RunReader(path: database)
    }

    /// Prints `value` as JSON with the record's names for its parts.
    static func print(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(RecordTime.text(date))
        }
        TerminalOutput.standardOutput.write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
    }
}
