import ArgumentParser
import Diagnostics
import Foundation
import Runs
import Scenarios
import Synchronization
import Terminal

/// `fed run`: a scenario on this machine, with real processes and real sockets, or in this process alone.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario on this machine: a coordinator and worker processes on loopback.",
        discussion: """
            Shows the run while it goes on and ends with a summary. Ctrl-C stops all of it in good order; what is \
            committed by then is in the record. With --in-process there are no other processes and no sockets: the \
            models are the same, bit for bit, and they come sooner.
            """)

    @Argument(help: "The scenario, a YAML file.")
    var scenario: String

    @Flag(help: "Run coordinator and clients in this process, without a network.")
    var inProcess = false

    @OptionGroup var options: RunOptions

    @Flag(help: "Print the progress as JSON, one object a line.")
    var json = false

    @Flag(help: .hidden)
    var stopAtEndOfInput = false

    func validate() throws {
        if inProcess, options.workers != nil || options.connections != nil {
            throw ValidationError(
                "--in-process has no workers or connections; --threads sets how many clients train at once.")
        }
    }

    func run() async throws {
        // Mistakes in the scenario are told before anything starts.
        let scenario = try Scenario.load(path: scenario)
        if inProcess {
            try await runInProcess(scenario)
        } else {
            try await runNetworked(scenario)
        }
    }

    private func runInProcess(_ scenario: Scenario) async throws {
        let threads = options.threads ?? ProcessInfo.processInfo.activeProcessorCount
        let display = RunDisplay(
            scenario: scenario, hosting: "in process, \(threads) \(threads == 1 ? "thread" : "threads")", asJSON: json)
        let session = try InProcessSession(database: options.database, dataFolder: options.data)
        let context = try await session.context(of: scenario)
        let ending = Mutex<RunEnding?>(nil)
        try await InterruptibleWork.run(stopAtEndOfInput: stopAtEndOfInput) {
            let ended = try await session.run(context, threads: threads) { display.take($0) }
            ending.withLock { $0 = ended }
        }
        display.finish()
        try session.close()
        guard let ended = ending.withLock({ $0 }) else { throw ExitCode(Problem.Kind.software.rawValue) }
        try ended.check(database: options.database)
    }

    private func runNetworked(_ scenario: Scenario) async throws {
        let plan = options.plan(for: scenario, at: self.scenario)
        let display = RunDisplay(scenario: scenario, hosting: plan.hosting, asJSON: json)
        let ending = Mutex<RunProgram.Ending?>(nil)
        try await InterruptibleWork.run(stopAtEndOfInput: stopAtEndOfInput) {
            let ended = try await LocalRun(plan: plan, observer: display).run()
            ending.withLock { $0 = ended }
        }
        display.finish()
        guard let ended = ending.withLock({ $0 }) else { throw ExitCode(Problem.Kind.software.rawValue) }
        if ended.wasInterrupted { throw ExitCode(130) }
        if ended.status != 0 { throw ExitCode(ended.status) }
    }
}

extension LocalRun.Plan {
    /// Where the clients are, for people.
    fileprivate var hosting: String {
        let processes = "\(workers) \(workers == 1 ? "worker" : "workers")"
        return connections == workers ? processes : "\(processes), \(NumberFormat.count(connections)) connections"
    }
}
