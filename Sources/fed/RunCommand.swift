import ArgumentParser
import Coordinator
import Diagnostics
import Foundation
import Logging
import Programs
import Scenarios
import ServiceLifecycle
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

    @Option(help: "The number of worker processes; by default one for each core, but no more than clients.")
    var workers: Int?

    @Option(help: "The number of threads that train in each worker; by default the cores divided among the workers.")
    var threads: Int?

    @Option(help: "The SQLite file that holds the record; made if it is not there.")
    var database = "fed.sqlite"

    @Option(help: "The folder of the MNIST files; by default FED_DATA_DIR, then the cache folder, then a download.")
    var data: String?

    @Flag(help: "Print the progress as JSON, one object a line.")
    var json = false

    func validate() throws {
        for (name, value) in [("--workers", workers), ("--threads", threads)] {
            if let value, !(1...1024).contains(value) { throw ValidationError("\(name) must be 1 to 1024.") }
        }
    }

    func run() async throws {
        // Mistakes in the scenario are told before anything starts.
        let scenario = try Scenario.load(path: scenario)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let workers = min(workers ?? cores, scenario.clients)
        let plan = LocalRun.Plan(
            scenarioPath: self.scenario, clients: scenario.clients, workers: workers,
            threads: threads ?? max(1, cores / workers), database: database, dataFolder: data)
        let display = RunDisplay(scenario: scenario, workers: workers, asJSON: json)
        let ending = Mutex<LocalRun.Ending?>(nil)
        let local = LocalRun(plan: plan, display: display) { ended in ending.withLock { $0 = ended } }
        var logger = Logger(label: "fed") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        try await ServiceGroup.run(local, stopAtEndOfInput: false, logger: logger)
        display.finish()
        guard let ended = ending.withLock({ $0 }) else { throw ExitCode(Problem.Kind.software.rawValue) }
        if ended.wasInterrupted { throw ExitCode(130) }
        if ended.status != 0 { throw ExitCode(ended.status) }
    }
}
