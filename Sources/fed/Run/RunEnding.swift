import ArgumentParser
import Diagnostics
import Federation
import RunStore
import Runs

/// How a run in this process ended.
struct RunEnding: Sendable {
    let identity: RunIdentity
    let outcome: RunOutcome

    /// Ends the program with the status that the outcome asks for.
    ///
    /// - Throws: a ``Problem`` for a run that failed, exit code 130 for one that was stopped.
    func check(database: String) throws {
        if outcome == .stopped { throw ExitCode(130) }
        if let problem = outcome.problem(identity, database: database) { throw problem }
    }
}
