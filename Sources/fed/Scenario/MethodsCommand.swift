import ArgumentParser
import Federation
import Foundation
import Settings
import Terminal

/// `fed methods`: which strategies are there, and how may clients misbehave?
struct MethodsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "methods",
        abstract:
            "List the methods, defences and attacks that a scenario can name, each with its paper and its settings.")

    @Flag(help: "Print JSON.")
    var json = false

    private struct Key: Encodable {
        let name: String
        let `default`: String
        let meaning: String

        init(_ setting: Setting) {
            name = setting.name
            `default` = setting.standard.text
            meaning = setting.meaning
        }
    }

    private struct BehaviourDocument: Encodable {
        let name: String
        let summary: String
        let citation: String
        let settings: [Key]
        /// Whose updates those who collude know, unless the scenario says otherwise.
        let knows: String?

        init(_ type: any Behaviour.Type) {
            name = type.name
            summary = type.summary
            citation = type.citation
            settings = type.settings.map { Key($0) }
            knows = BehaviourChoice(type).make().knowledge?.rawValue
        }
    }

    private struct StrategyDocument: Encodable {
        let name: String
        let summary: String
        let citation: String
        let settings: [Key]
        let serverRemembers: [String]
        let clientsRemember: [String]
        let update: [String]
        let isDefence: Bool

        init(_ type: any Strategy.Type) {
            let parts = StrategyChoice(type).make().parts
            name = type.name
            summary = type.summary
            citation = type.citation
            settings = type.settings.map { Key($0) }
            isDefence = type.isDefence
            serverRemembers = parts.serverVectors + parts.serverTables + parts.serverScalars
            clientsRemember = parts.clientVectors + parts.clientScalars
            update = parts.updateVectors + parts.updateScalars
        }
    }

    private struct Document: Encodable {
        let strategies: [StrategyDocument]
        let behaviours: [BehaviourDocument]
    }

    func run() throws {
        let all = Document(
            strategies: Strategies.all.map { StrategyDocument($0) },
            behaviours: Behaviours.all.map { BehaviourDocument($0) })
        if json { return try RecordOptions.print(json: all) }
        Self.write(
            "Methods, named in a scenario as strategy: NAME, or with settings as strategy: {name: NAME, …}",
            all.strategies.filter { !$0.isDefence }.map { ($0.name, $0.summary, $0.citation, $0.settings) })
        Self.write(
            "Defences, named as strategies are",
            all.strategies.filter(\.isDefence).map { ($0.name, $0.summary, $0.citation, $0.settings) })
        Self.write(
            "Clients that misbehave, named as behaviours: [{kind: NAME, share: 0.2, …}]",
            all.behaviours.map { ($0.name, $0.summary, $0.citation, $0.settings) })
    }

    private static func write(
        _ title: String, _ entries: [(name: String, summary: String, citation: String, settings: [Key])]
    ) {
        let output = TerminalOutput.standardOutput
        output.write("\(title)\n")
        for entry in entries {
            output.write("\n\(output.style.text(entry.name, .bold))  \(entry.summary)\n")
            output.write("    \(output.style.text(entry.citation, .dim))\n")
            for key in entry.settings { output.write("    \(key.name): \(key.default)  \(key.meaning)\n") }
        }
        output.write("\n")
    }
}
