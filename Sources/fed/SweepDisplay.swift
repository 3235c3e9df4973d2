import Runs
import Scenarios
import Synchronization
import Terminal

/// Shows one run of a sweep: two lines on a terminal while it goes on, one line when it is over.
final class SweepDisplay: RunObserver {
    private struct State {
        var bar: ProgressBar
        var best = 0.0
        var last: RunProgress.Round?
    }

    private let title: String
    private let live = LiveDisplay(output: .standardError)
    private let state: Mutex<State>

    /// - Parameter title: which run of the sweep it is.
    init(title: String, scenario: Scenario) {
        self.title = title
        state = Mutex(State(bar: ProgressBar("rounds", total: scenario.rounds, unit: .items("rounds"), at: .now)))
        if live.isLive { draw(state.withLock { $0 }) }
    }

    func take(_ progress: RunProgress) {
        switch progress {
        case .roundCommitted(let round):
            draw(
                state.withLock { state in
                    state.best = max(state.best, round.testAccuracy)
                    state.last = round
                    state.bar.advance(to: round.round, at: .now)
                    return state
                })
        case .incident(let text): note(text)
        default: break
        }
    }

    func note(_ message: String) {
        live.log(message)
    }

    /// Takes the lines away and leaves one that says how it went.
    func finish(_ result: String) {
        live.finish(leaving: false)
        live.output.write("\(title): \(result)\n")
    }

    private func draw(_ state: State) {
        let style = live.output.style
        let accuracy = state.last.map { last in
            "   accuracy \(NumberFormat.percent(last.testAccuracy)), best \(NumberFormat.percent(state.best))"
        }
        live.draw([
            style.text(title, .bold) + (accuracy ?? ""), state.bar.line(width: live.columns, style: style),
        ])
    }
}
