import ArgumentParser
import Diagnostics
import Scenarios

extension ParsableCommand {
    /// What is wrong when the arguments name a command that there is not; `nil` if they name none, or one that there is.
    static func unknownCommand(in arguments: [String]) -> Problem? {
        var command: any ParsableCommand.Type = self
        var path = configuration.commandName.map { [$0] } ?? []
        for argument in arguments {
            let subcommands = command.configuration.subcommands
            guard !subcommands.isEmpty, command.configuration.defaultSubcommand == nil, !argument.hasPrefix("-"),
                argument != "help"
            else { return nil }
            let names = subcommands.compactMap { $0.configuration.commandName }
            let next = subcommands.first {
                $0.configuration.commandName == argument || $0.configuration.aliases.contains(argument)
            }
            guard let next else {
                let group = path.joined(separator: " ")
                let nearest = Spelling.nearest(to: argument, among: names)
                return Problem(
                    .usage, "there is no command \"\(group) \(argument)\"",
                    remedy: nearest.map { "did you mean \"\(group) \($0)\"?" }
                        ?? "its commands are \(names.joined(separator: ", "))")
            }
            command = next
            path.append(argument)
        }
        return nil
    }
}
