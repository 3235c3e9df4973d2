import Foundation
import Runs
import ServiceLifecycle
import Subprocess

/// A child process that makes a run and tells on its standard output, in JSON, how it goes on: `fed-coordinator`, or
/// `fed run` itself.
struct RunProgram {
    struct Ending: Sendable {
        /// The program's exit status.
        var status: Int32
        var wasInterrupted: Bool
    }

    let program: String
    let arguments: [String]
    let observer: any RunObserver

    /// Runs the program to its end, or stops it when this process is to stop.
    ///
    /// - Parameter started: told what the run tells when it begins.
    func run(started: @escaping @Sendable (RunProgress.Started) -> Void = { _ in }) async throws -> Ending {
        let result = try await Subprocess.run(
            ChildProgram.configuration(program, arguments), input: .inputWriter, output: .sequence,
            error: .currentStandardError
        ) { execution in
            observer.began(RunProcess(role: .coordinator, id: execution.processIdentifier.value))
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await line in execution.standardOutput.strings() {
                        let line = line.trimmingCharacters(in: .newlines)
                        guard !line.isEmpty else { continue }
                        guard let progress = RunProgress(json: line) else {
                            observer.note(line)
                            continue
                        }
                        observer.take(progress)
                        switch progress {
                        case .started(let run): started(run)
                        // Nothing comes after it; the end of a pipe is not always noticed at once.
                        case .finished: return
                        default: break
                        }
                    }
                }
                group.addTask {
                    try await gracefulShutdown()
                    observer.note("stopping")
                    try? execution.send(signal: .terminate)
                    throw Interruption()
                }
                do {
                    try await group.next()
                } catch is Interruption {
                    // Its last lines still have to be read.
                    try await group.next()
                    group.cancelAll()
                    return true
                }
                group.cancelAll()
                return false
            }
        }
        return Ending(status: result.terminationStatus.code, wasInterrupted: result.closureResult)
    }

    private struct Interruption: Error {}
}
