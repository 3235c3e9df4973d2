import Foundation
import RunStore
import Runs
import Scenarios
import Synchronization
import Terminal

/// What `fed run` shows: a live block on a terminal, a line for each round elsewhere, and a summary at the end; or the
/// coordinator's JSON as it is.
final class RunDisplay: RunObserver {
    private struct State {
        var bar: ProgressBar
        var started: RunProgress.Started?
        var joined = 0
        var round = 0
        var settled: (reported: Int, failed: Int, cohort: Int)?
        var accuracies: [Double] = []
        var last: RunProgress.Round?
        var bytesSent = 0
        var bytesReceived = 0
        var isOver = false
    }

    private let scenario: Scenario
    /// Where the clients are.
    private let hosting: String
    private let firstRound: Int
    private let asJSON: Bool
    private let live: LiveDisplay
    private let output = TerminalOutput.standardOutput
    private let state: Mutex<State>

    /// - Parameters:
    ///   - hosting: where the clients are, for example `2 workers`.
    ///   - firstRound: of the run; above 1 for a branch.
    init(scenario: Scenario, hosting: String, firstRound: Int = 1, asJSON: Bool) {
        self.scenario = scenario
        self.firstRound = firstRound
        self.hosting = hosting
        self.asJSON = asJSON
        live = LiveDisplay(output: .standardOutput)
        let bar = ProgressBar("rounds", total: scenario.rounds - firstRound + 1, unit: .items("rounds"), at: .now)
        state = Mutex(State(bar: bar))
    }

    func take(_ progress: RunProgress) {
        if asJSON {
            if let line = try? progress.json { output.write(line + "\n") }
            return
        }
        state.withLock { state in update(&state, with: progress) }
    }

    /// Shows a message that stays.
    func note(_ message: String) {
        if asJSON {
            TerminalOutput.standardError.write(message + "\n")
        } else {
            live.log(message)
        }
    }

    /// Takes the live block away.
    func finish() {
        live.finish(leaving: false)
    }

    private func update(_ state: inout State, with progress: RunProgress) {
        switch progress {
        case .started(let run):
            state.started = run
            live.log(header(run))
        case .joined(let clients, _):
            state.joined = clients
        case .roundOpened(let round, let cohort):
            if round == firstRound {
                // The time that the workers needed to get ready says nothing about the rounds.
                state.bar = ProgressBar(
                    "rounds", total: scenario.rounds - firstRound + 1, unit: .items("rounds"), at: .now)
            }
            state.round = round
            state.settled = (0, 0, cohort)
        case .clientSettled(_, let reported, let failed, let cohort):
            state.settled = (reported, failed, cohort)
        case .incident(let text):
            live.log(text)
        case .roundCommitted(let round):
            state.last = round
            state.accuracies.append(round.testAccuracy)
            state.bytesSent += round.bytesSent
            state.bytesReceived += round.bytesReceived
            state.bar.advance(to: round.round - firstRound + 1, at: .now)
            if !live.isLive, let line = progress.line { live.log(line) }
        case .finished(let run):
            state.isOver = true
            live.finish(leaving: false)
            output.write(lines: summary(run, state))
            return
        }
        if !state.isOver { live.draw(block(state)) }
    }

    private func header(_ run: RunProgress.Started) -> String {
        let cohort =
            scenario.asynchrony?.summary(clients: run.clients)
            ?? (run.cohort == run.clients ? "all in each round" : "\(run.cohort) in each round")
        return """
            \(output.style.text(run.name, .bold)): \(scenario.model), \(NumberFormat.count(run.clients)) clients, \
            \(cohort), \(hosting); \(run.data)
            """
    }

    private func block(_ state: State) -> [String] {
        let style = output.style
        var lines = [state.bar.line(width: live.columns, style: style)]
        if let last = state.last {
            lines.append(
                """
                accuracy \(style.text(NumberFormat.percent(last.testAccuracy), .bold))   \
                loss \(NumberFormat.fixed(last.testLoss, 4))   after round \(last.round)
                """)
            if let text = last.heldOutText { lines.append(text) }
        } else if state.round == 0 {
            lines.append("\(state.joined) of \(scenario.clients) clients have joined")
        }
        if let settled = state.settled {
            let failed = settled.failed > 0 ? ", \(settled.failed) failed" : ""
            lines.append(
                """
                round \(state.round): \(settled.reported) of \(settled.cohort) clients reported\(failed)   \
                sent \(NumberFormat.bytes(state.bytesSent))   received \(NumberFormat.bytes(state.bytesReceived))
                """)
        }
        return lines
    }

    private func summary(_ run: RunProgress.Finished, _ state: State) -> [String] {
        let style = output.style
        var lines: [String] = []
        if style.redraws, state.accuracies.count > 1 {
            let points = state.accuracies.enumerated().map { (x: Double($0.offset + firstRound), y: $0.element) }
            lines += LineChart(
                [LineChart.Series("test accuracy", points)], xName: "round", yName: "Test accuracy", yLimits: 0...1,
                isPercent: true
            ).lines(width: min(live.columns, 76), height: 14, style: style)
        }
        let accuracy = run.testAccuracy.map { "test accuracy \(NumberFormat.percent($0))" } ?? "no round committed"
        let rounds = run.roundsCommitted == 1 ? "1 round" : "\(NumberFormat.count(run.roundsCommitted)) rounds"
        lines.append("\(style.text(run.status, .bold)): \(style.text(accuracy, .bold)) after \(rounds)")
        if let target = scenario.target {
            let rounds = target.rounds(in: state.accuracies)
            let reached = rounds.map { "after \(NumberFormat.fixed($0, 1)) rounds" } ?? "not reached"
            let published = target.publishedRounds.map { "; published: \($0)" } ?? ""
            lines.append("  target    \(NumberFormat.percent(target.accuracy)) \(reached)\(published)")
        }
        if run.status != "finished", let message = run.message { lines.append("  why       \(message)") }
        lines.append("  time      \(NumberFormat.duration(seconds: run.seconds))")
        lines.append(
            "  bytes     \(NumberFormat.bytes(run.bytesSent)) to the clients, "
                + "\(NumberFormat.bytes(run.bytesReceived)) from them")
        lines.append("  model     sha256 \(run.modelDigest)")
        if let started = state.started {
            let command = RunIdentity.showCommand(started.run, database: started.database)
            lines.append("  record    run \(started.run) in \(started.database)   (\(command))")
        }
        return lines
    }
}
