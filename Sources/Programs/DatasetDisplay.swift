public import Datasets
import Diagnostics
internal import Synchronization
public import Terminal

/// Shows on standard error what looking for a data set does: a progress bar for each download and for drawing, and
/// what has to be announced.
public final class DatasetDisplay: Sendable {
    private struct State {
        var label: String?
        var bar: ProgressDisplay?
        /// What mirrors failed with; told once another has the file, as the end of all of them lists them itself.
        var failures: [String] = []
    }

    private let output: TerminalOutput
    private let state = Mutex(State())

    public init(output: TerminalOutput = .standardError) {
        self.output = output
    }

    /// Takes notice of one step.
    public func show(_ step: DatasetProgress) {
        state.withLock { state in
            switch step {
            case .downloading(let file, _, let bytes, let total):
                bar(file, total: total, unit: .bytes, &state).advance(to: bytes)
            case .drawing(let examples, let total):
                bar("drawing digits", total: total, unit: .items("digits"), &state).advance(to: examples)
            case .mirrorFailed:
                end(&state)
                if let failure = step.announcement { state.failures.append(failure) }
            case .downloaded:
                end(&state)
                for failure in state.failures { output.warn(failure.withoutControls) }
                state.failures = []
            case .cacheDiscarded, .substituting:
                end(&state)
                state.failures = []
                if let announcement = step.announcement { output.warn(announcement.withoutControls) }
            }
        }
    }

    /// Ends what is being drawn.
    public func finish() {
        state.withLock { end(&$0) }
    }

    private func bar(_ label: String, total: Int?, unit: ProgressBar.Unit, _ state: inout State) -> ProgressDisplay {
        if let bar = state.bar, state.label == label { return bar }
        end(&state)
        let bar = ProgressDisplay(label, total: total, unit: unit, output: output)
        (state.label, state.bar) = (label, bar)
        return bar
    }

    private func end(_ state: inout State) {
        state.bar?.finish()
        (state.label, state.bar) = (nil, nil)
    }
}
