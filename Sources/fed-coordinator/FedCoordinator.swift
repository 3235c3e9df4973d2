import ArgumentParser
import Coordinator
import Datasets
import Diagnostics
import Federation
import Foundation
import Learning
import Logging
import Programs
import RunStore
import Runs
import Scenarios
import ServiceLifecycle
import Synchronization
import Terminal
import Transport
import Wire

/// `fed-coordinator`: runs a scenario's rounds with the workers that connect.
@main
struct FedCoordinator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fed-coordinator",
        abstract: "Run a scenario's rounds with the workers that connect, and record every round.",
        discussion: """
            Waits until all clients of the scenario have joined (fed-client), runs its rounds and ends. SIGTERM and \
            SIGINT stop it in good order: what is finished is committed.
            """,
        version: ProgramVersion.current)

    @Option(help: "The scenario, a YAML file.")
    var scenario: String

    @Option(help: "Where to listen, host:port; port 0 lets the system choose.")
    var listen = "127.0.0.1:\(Endpoint.defaultPort)"

    @Option(help: "The SQLite file that holds the record; made if it is not there.")
    var database = "fed.sqlite"

    @Option(help: "The folder of the MNIST files; by default FED_DATA_DIR, then the cache folder, then a download.")
    var data: String?

    @Flag(help: "Print the progress as JSON, one object a line.")
    var json = false

    @OptionGroup(title: "Who may take part") var admission: AdmissionOptions

    @OptionGroup var options: ProgramOptions

    static func main() async {
        await runAndExit()
    }

    func run() async throws {
        let endpoint = try Endpoint(listen)
        let (security, tokens) = try admission.security(listeningOn: endpoint)
        let scenario = try Scenario.load(path: scenario)
        let display = DatasetDisplay()
        let dataset = try await Dataset.load(
            DatasetRequest(kind: scenario.data, folder: data), progress: { display.show($0) })
        display.finish()
        let context = try RunContext(scenario: scenario, dataset: dataset)
        let store = try RunStore(path: database)
        OpenFiles.raiseLimit()

        let logger = options.logger("fed-coordinator")
        var settings = CoordinatorSettings(tokens: tokens)
        settings.limits.heartbeat = scenario.network.heartbeat
        let listener = try await Listener.bind(
            to: endpoint, security: security, limits: settings.limits, logger: logger)
        let machine = MachineDescription.current
        if let slowness = scenario.kernels.kernels.slowness {
            logger.warning("\(slowness)")
        }
        let threads = TrainingThreads(
            count: machine.cores, model: context.model, kernels: scenario.kernels.kernels, yieldsToOthers: true)
        let output = ProgressOutput(asJSON: json)
        let ledger = try await RunLedger(
            beginning: context, transport: .tcp, store: store, threads: threads, machine: machine,
            watcher: { output.write($0) })
        let coordinator = try RunCoordinator(
            ledger: ledger, settings: settings, traffic: listener.traffic, logger: logger)
        ledger.report(.started(.init(ledger, endpoint: "\(listener.endpoint)", database: database)))
        for file in admission.exposedFiles {
            logger.warning("others can read this file; chmod 600 it", metadata: ["file": "\(file)"])
        }
        if let warning = admission.warning(listeningOn: listener.endpoint) {
            let output = TerminalOutput.standardError
            output.write("\(output.style.text("warning:", .bold, .yellow)) \(warning)\n")
            ledger.note("insecure", warning)
        }

        let outcome = Mutex<RunOutcome?>(nil)
        let service = CoordinatorService(listener: listener, coordinator: coordinator) { ended in
            outcome.withLock { $0 = ended }
        }
        try await ServiceGroup.run(service, stopAtEndOfInput: options.stopAtEndOfInput, logger: logger)
        try store.close()
        if let failure = outcome.withLock({ $0 }), failure.isFailure {
            throw Problem(
                .unavailable, failure.message ?? "the run failed", at: "run \(ledger.identity.number) in \(database)",
                remedy: "the record says why (fed show \(ledger.identity.number) --events); what was committed is there"
            )
        }
    }
}
