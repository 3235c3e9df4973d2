import Foundation
import Subprocess
import Synchronization
import SystemPackage
import TestSupport

/// The programs as they were built, beside the test bundle.
enum Program: String {
    case fed
    case coordinator = "fed-coordinator"
    case client = "fed-client"

    var path: String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: rawValue).path(percentEncoded: false)
    }

    /// Runs the program to its end.
    func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Finished {
        let result = try await Subprocess.run(
            .path(.init(path)), arguments: Arguments(arguments), environment: Self.environment(environment),
            platformOptions: Self.options, output: .string(limit: 1 << 22), error: .string(limit: 1 << 22))
        return Finished(
            status: result.terminationStatus, output: result.standardOutput, errors: result.standardError)
    }

    /// Runs the program to its end, with no more open files than `limit`.
    func run(_ arguments: [String], openFiles limit: Int) async throws -> Finished {
        let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: Arguments(["-c", "ulimit -n \(limit); exec \"$0\" \"$@\"", path] + arguments),
            environment: Self.environment([:]), platformOptions: Self.options, output: .string(limit: 1 << 22),
            error: .string(limit: 1 << 22))
        return Finished(
            status: result.terminationStatus, output: result.standardOutput, errors: result.standardError)
    }

    /// Starts the program, hands it to `body` and kills it if it is still there afterwards.
    func start<Result: Sendable>(
        _ arguments: [String], environment: [String: String] = [:],
        _ body: @escaping @Sendable (Running) async throws -> Result
    ) async throws -> (result: Result, status: TerminationStatus) {
        let outcome = try await Subprocess.run(
            .path(.init(path)), arguments: Arguments(arguments), environment: Self.environment(environment),
            platformOptions: Self.options, input: .inputWriter, output: .sequence, error: .sequence
        ) { execution in
            let running = Running(identifier: execution.processIdentifier.value)
            return try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask {
                    for try await line in execution.standardOutput.strings() { running.add(line) }
                    return nil
                }
                group.addTask {
                    for try await line in execution.standardError.strings() { running.add(line) }
                    return nil
                }
                group.addTask { try await body(running) }
                var result: Result?
                do {
                    while let next = try await group.next() {
                        if let next {
                            result = next
                            // What still runs now was not meant to.
                            running.signal(SIGKILL)
                        }
                    }
                } catch {
                    running.signal(SIGKILL)
                    throw error
                }
                guard let result else { throw DeadlinePassed() }
                return result
            }
        }
        return (outcome.closureResult, outcome.terminationStatus)
    }

    private static var options: PlatformOptions {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        return options
    }

    /// This process's environment without what would lead the programs to other data.
    private static func environment(_ more: [String: String]) -> Environment {
        let quiet = ["FED_DATA_DIR": "", "NO_COLOR": "1"].merging(more) { $1 }
        var changes: [Environment.Key: String?] = [:]
        for (name, value) in quiet {
            if let key = Environment.Key(rawValue: name) { changes[key] = value }
        }
        return .inherit.updating(changes)
    }
}

/// What a program left behind.
struct Finished {
    let status: TerminationStatus
    let output: String
    let errors: String
}

/// A program that is running: what it has printed so far, and its process.
final class Running: Sendable {
    let identifier: Int32
    private let printed = Mutex<[String]>([])

    init(identifier: Int32) {
        self.identifier = identifier
    }

    /// All lines so far, of both streams.
    var lines: [String] { printed.withLock { $0 } }

    func add(_ line: String) {
        printed.withLock { $0.append(line.trimmingCharacters(in: .newlines)) }
    }

    /// Waits for a line that contains `text`.
    @discardableResult
    func line(containing text: String, within limit: Duration = .seconds(60)) async throws -> String {
        do {
            try await eventually(within: limit) { self.lines.contains { $0.contains(text) } }
        } catch {
            throw Missing(text: text, lines: lines)
        }
        return lines.first { $0.contains(text) } ?? ""
    }

    func signal(_ number: Int32) {
        kill(identifier, number)
    }

    /// Waits until the process has ended.
    func gone() async throws {
        try await eventually { !Process.isRunning(self.identifier) }
    }

    struct Missing: Error, CustomStringConvertible {
        let text: String
        let lines: [String]
        var description: String { "no line with \"\(text)\" in:\n\(lines.joined(separator: "\n"))" }
    }
}
