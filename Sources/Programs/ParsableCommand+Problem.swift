public import ArgumentParser
import Diagnostics
import Foundation
import Glibc
import Terminal

extension AsyncParsableCommand {
    /// What a program's `main` calls: runs the command that the arguments name. A ``Problem`` is printed to standard
    /// error and becomes the exit status of its kind; wrong arguments exit with 64.
    ///
    /// - Parameter configured: what completes the arguments, if environment and file may.
    public static func runAndExit(_ configured: ConfiguredArguments? = nil) async -> Never {
        do {
            let own = Array(CommandLine.arguments.dropFirst())
            let arguments = try configured?.complete(own, environment: ProcessInfo.processInfo.environment) ?? own
            if let problem = unknownCommand(in: arguments) { throw problem }
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(withError: nil)
        } catch let problem as Problem {
            let output = TerminalOutput.standardError
            output.write("\(output.style.text("error:", .bold, .red)) \(problem)\n")
            Glibc.exit(problem.kind.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
