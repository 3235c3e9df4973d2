import ArgumentParser
import Coordinator
import Diagnostics
import Foundation
import Scenarios
import Synchronization
import Terminal

/// `fed run`: a scenario on this machine, with real processes and real sockets.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario on this machine: a coordinator and worker processes on loopback.",
        discussion: """
            Shows the run while it goes on and ends with a summary. Ctrl-C stops all of it in good order; what is \
            committed by then is in the record.
            """)

    @Argument(help: "The scenario, a YAML file.")
    var scenario: String

    @OptionGroup var options: RunOptions

    @Flag(help: "Print the progress as JSON, one object a line.")
    var json = false

    func run() async throws {
        // Mistakes in the scenario are told before anything starts.
        let scenario = try Scenario.load(path: scenario)
        let plan = options.plan(for: scenario, at: self.scenario)
        let display = RunDisplay(scenario: scenario, workers: plan.workers, asJSON: json)
        let ending = Mutex<LocalRun.Ending?>(nil)
        try await InterruptibleWork.run {
            let ended = try await LocalRun(plan: plan, observer: display).run()
            ending.withLock { $0 = ended }
        }
        display.finish()
        guard let ended = ending.withLock({ $0 }) else { throw ExitCode(Problem.Kind.software.rawValue) }
        if ended.wasInterrupted { throw ExitCode(130) }
        if ended.status != 0 { throw ExitCode(ended.status) }
    }
}
