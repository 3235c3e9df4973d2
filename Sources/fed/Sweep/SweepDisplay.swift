import Runs
import Scenarios
import Synchronization
import Terminal

/// Shows a sweep: on a terminal a line for each run that goes on and a bar for all of them, and wherever it is one line
/// when a run is over.
final class SweepDisplay: Sendable {
    private struct Run {
        let cell: SweepCell
        var best = 0.0
        var last: RunProgress.Round?
    }

    private struct State {
        var running: [Int: Run] = [:]
        var bar: ProgressBar
    }

    private let live = LiveDisplay(output: .standardError)
    private let cells: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - cells: of the sweep.
    ///   - done: those that the record has already.
    init(cells: Int, done: Int) {
        self.cells = cells
        var bar = ProgressBar("runs", total: cells, unit: .items("runs"), at: .now)
        bar.advance(to: done, at: .now)
        state = Mutex(State(bar: bar))
    }

    func begin(_ index: Int, _ cell: SweepCell) {
        draw(
            state.withLock { state in
                state.running[index] = Run(cell: cell)
                return state
            })
    }

    func take(_ progress: RunProgress, of index: Int) {
        switch progress {
        case .roundCommitted(let round):
            draw(
                state.withLock { state in
                    state.running[index]?.best.raise(to: round.testAccuracy)
                    state.running[index]?.last = round
                    state.bar.advance(to: state.bar.done, at: .now)
                    return state
                })
        case .incident(let text):
            live.log("\(title(index, state.withLock { $0.running[index]?.cell }))\(text)")
        default: break
        }
    }

    /// Takes the run's line away and leaves one that says how it went.
    func end(_ index: Int, _ result: String) {
        let (cell, state) = state.withLock { state in
            let cell = state.running.removeValue(forKey: index)?.cell
            state.bar.advance(to: state.bar.done + 1, at: .now)
            return (cell, state)
        }
        live.log("\(title(index, cell))\(result)")
        draw(state)
    }

    /// Takes the block away.
    func finish() {
        live.finish(leaving: false)
    }

    private func title(_ index: Int, _ cell: SweepCell?) -> String {
        "\(index + 1) of \(cells)\(cell.map { "  \($0.name)" } ?? ""): "
    }

    private func draw(_ state: State) {
        let style = live.output.style
        let lines = state.running.sorted { $0.key < $1.key }.map { index, run in
            let rounds = "round \(run.last?.round ?? 0) of \(run.cell.scenario.rounds)"
            let accuracy = run.last.map { last in
                ", accuracy \(NumberFormat.percent(last.testAccuracy)), best \(NumberFormat.percent(run.best))"
            }
            return style.text(run.cell.name, .bold) + "   " + rounds + (accuracy ?? "")
        }
        live.draw(lines + [state.bar.line(width: live.columns, style: style)])
    }
}

extension Double {
    fileprivate mutating func raise(to value: Double) { self = Swift.max(self, value) }
}
