import ArgumentParser
import Federation
import Foundation
import Settings
import Terminal

/// `fed methods`: which strategies are there?
struct MethodsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "methods",
        abstract: "List the strategies that a scenario can name, each with its paper and its settings.")

    @Flag(help: "Print JSON.")
    var json = false

    private struct Document: Encodable {
        struct Key: Encodable {
            let name: String
            let `default`: String
            let meaning: String
        }

        let name: String
        let summary: String
        let citation: String
        let settings: [Key]
        let serverRemembers: [String]
        let clientsRemember: [String]
        let update: [String]

        init(_ type: any Strategy.Type) {
            let parts = StrategyChoice(type).make().parts
            name = type.name
            summary = type.summary
            citation = type.citation
            settings = type.settings.map { Key(name: $0.name, default: $0.standard.text, meaning: $0.meaning) }
            serverRemembers = parts.serverVectors + parts.serverScalars
            clientsRemember = parts.clientVectors + parts.clientScalars
            update = parts.updateVectors + parts.updateScalars
        }
    }

    func run() throws {
        let methods = Strategies.all.map { Document($0) }
        if json { return try RecordOptions.print(json: methods) }
        let output = TerminalOutput.standardOutput
        output.write(
            "Strategies, named in a scenario as strategy: NAME, or with settings as strategy: {name: NAME, …}\n")
        for method in methods {
            output.write("\n\(output.style.text(method.name, .bold))  \(method.summary)\n")
            output.write("    \(output.style.text(method.citation, .dim))\n")
            for key in method.settings { output.write("    \(key.name): \(key.default)  \(key.meaning)\n") }
        }
    }
}
