import ArgumentParser
import Diagnostics
import Foundation
import Programs
import RunStore
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
            models are the same, bit for bit, and they come sooner. A run that was stopped or killed goes on with \
            fed run --resume fed.sqlite, to the model that it would have come to.
            """)

    @Argument(help: "The scenario, a YAML file.")
    var scenario: String?

    @Option(
        help: ArgumentHelp(
            "Go on with the latest run of this record instead, whatever stopped it.", valueName: "record")
    )
    var resume: String?

    @Flag(help: "Run coordinator and clients in this process, without a network.")
    var inProcess = false

    @Flag(
        help: """
            Simulate the time of the scenario's devices and links, in this process: an hour of stragglers takes seconds, \
            and the record has their times.
            """)
    var virtual = false

    @OptionGroup var options: RunOptions

    @OptionGroup var scenarioOptions: ScenarioOptions

    @Flag(help: "Print the progress as JSON, one object a line.")
    var json = false

    @Flag(help: .hidden)
    var stopAtEndOfInput = false

    func validate() throws {
        guard (scenario == nil) != (resume == nil) else {
            throw ValidationError("Name a scenario, or a record with --resume.")
        }
        if resume != nil, !scenarioOptions.overrides.isEmpty {
            throw ValidationError("--set goes with a scenario; a run that goes on keeps what it began with.")
        }
        if resume != nil, virtual {
            throw ValidationError(
                "--virtual goes with a scenario; a run that goes on keeps the clock that it began with.")
        }
        if inProcess || virtual, options.workers != nil || options.connections != nil {
            throw ValidationError(
                "--in-process and --virtual have no workers or connections; --threads sets how many clients train at once."
            )
        }
    }

    func run() async throws {
        if let path = scenario {
            // Mistakes in the scenario are told before anything starts.
            let scenario = try Scenario.load(path: path, overrides: scenarioOptions.overrides)
            if inProcess, !virtual, let ignored = scenario.ignoredDevices { TerminalOutput.standardError.warn(ignored) }
            if inProcess || virtual {
                try await runInProcess(.new(scenario), scenario, database: options.database, isVirtual: virtual)
            } else {
                var plan = options.plan(for: scenario, at: path)
                plan.scenarioOptions = scenarioOptions.arguments
                plan.allowDrawnDigits = true
                try await runNetworked(plan, scenario)
            }
        } else if let database = resume {
            try await goOn(with: database)
        }
    }

    private func goOn(with database: String) async throws {
        let reader = try RunReader(path: database)
        let start = try await RunStart.choose(scenario: nil, resume: .always, in: reader)
        guard case .resumed(let summary) = start else {
            let run = try await reader.run(.latest)
            return TerminalOutput.standardOutput.write(
                "run \(run.run.identity.number) is finished: \(RunProgress.finished(.init(run)).line ?? "")\n")
        }
        guard try await !reader.hasOwnData(summary.run.identity) else {
            throw Problem(
                .usage, "clients of the run hold data of their own, and would be trained on others here",
                at: summary.place(in: reader),
                remedy:
                    "go on with fed-coordinator --resume --database \(database.shellWord), and start the clients where "
                    + "their data are (fed-client --data)")
        }
        let scenario = try summary.scenario(at: summary.place(in: reader))
        // The way that it began, unless the user wants it without the network. Branches know no other.
        if inProcess || summary.run.details.transport == .inProcess {
            try await runInProcess(
                start, scenario, database: database, after: summary.lastRound,
                isVirtual: summary.run.details.clock == .virtual)
        } else {
            var plan = options.plan(for: scenario, at: nil)
            plan.database = database
            try await runNetworked(plan, scenario, after: summary.lastRound)
        }
    }

    private func runInProcess(
        _ start: RunStart, _ scenario: Scenario, database: String, after round: Int = 0, isVirtual: Bool
    ) async throws {
        let threads = options.threads ?? ProcessInfo.processInfo.activeProcessorCount
        if let warning = try RecordNeed(scenario, roundsDone: round).check(database: database) {
            TerminalOutput.standardError.warn(warning)
        }
        let display = RunDisplay(
            scenario: scenario,
            hosting:
                "\(isVirtual ? "in virtual time" : "in process"), \(threads) \(threads == 1 ? "thread" : "threads")",
            firstRound: round + 1, asJSON: json)
        let session = try InProcessSession(database: database, dataFolder: options.data)
        let context = try await session.context(of: start, allowDrawnDigits: true)
        let ending = Mutex<RunEnding?>(nil)
        try await InterruptibleWork.run(stopAtEndOfInput: stopAtEndOfInput) {
            let ended = try await session.run(start, context, threads: threads, isVirtual: isVirtual) {
                display.take($0)
            }
            ending.withLock { $0 = ended }
        }
        display.finish()
        try session.close()
        guard let ended = ending.withLock({ $0 }) else { throw ExitCode(Problem.Kind.software.rawValue) }
        try ended.check(database: database)
    }

    private func runNetworked(_ plan: LocalRun.Plan, _ scenario: Scenario, after round: Int = 0) async throws {
        if let shortage = plan.shortage { throw shortage }
        if let warning = plan.memory(of: scenario).warning { TerminalOutput.standardError.warn(warning) }
        let display = RunDisplay(scenario: scenario, hosting: plan.hosting, firstRound: round + 1, asJSON: json)
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
    fileprivate func memory(of scenario: Scenario) -> MemoryNeed {
        // As many updates at once as a coordinator receives unless told otherwise.
        MemoryNeed(scenario, workers: workers, threads: workers * threads, uploads: 8)
    }

    /// Where the clients are, for people.
    fileprivate var hosting: String {
        let processes = "\(workers) \(workers == 1 ? "worker" : "workers")"
        return connections == workers ? processes : "\(processes), \(NumberFormat.count(connections)) connections"
    }
}
