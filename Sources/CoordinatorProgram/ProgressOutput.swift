import Foundation
import Runs
import Synchronization
import Terminal

/// Prints what a run tells to standard output, for people or for a program.
final class ProgressOutput: Sendable {
    private let asJSON: Bool
    private let output = TerminalOutput.standardOutput
    /// Keeps lines whole and in order.
    private let lock = Mutex(())

    init(asJSON: Bool) {
        self.asJSON = asJSON
    }

    func write(_ progress: RunProgress) {
        guard let line = asJSON ? try? progress.json : progress.line else { return }
        lock.withLock { _ in output.write(line + "\n") }
    }
}
