package import ArgumentParser
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
package struct FedCoordinator: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "fed-coordinator",
        abstract: "Run a scenario's rounds with the workers that connect, and record every round.",
        discussion: """
            Waits until all clients of the scenario have joined (fed-client), runs its rounds and ends. SIGTERM and \
            SIGINT stop it in good order: what is finished is committed.

            With --resume it goes on with the latest run of the record, whatever stopped it, and comes to the model that \
            the run would have come to without the stop. With --resume and a --scenario it begins one if the record has \
            none of that scenario, and does nothing if that is finished: for those who start it again and again. With \
            --resume-broken each start begins a run, except after one of the same scenario that was killed or failed, \
            which goes on: for those who start it again when it ends badly.
            """,
        version: ProgramVersion.current)

    @Option(help: "The scenario, a YAML file; with --resume it may be left out.")
    var scenario: String?

    @OptionGroup var scenarioOptions: ScenarioOptions

    @Flag(help: "Go on with the latest run of the record.")
    var resume = false

    @Flag(help: "Go on with the latest run of the record if it has this scenario and was killed or failed.")
    var resumeBroken = false

    @Option(help: "Where to listen, host:port; port 0 lets the system choose.")
    var listen = "127.0.0.1:\(Endpoint.defaultPort)"

    @Option(help: "The SQLite file that holds the record; made if it is not there.")
    var database = "fed.sqlite"

    @Option(help: "The folder of the MNIST files; by default FED_DATA_DIR, then the cache folder, then a download.")
    var data: String?

    @Flag(help: .hidden)
    var allowDrawnDigits = false

    @Option(help: .hidden)
    var expectedConnections: Int?

    @Flag(help: "Print the progress as JSON, one object a line.")
    var json = false

    @Option(
        help: "Answer those who ask over HTTP whether it lives (/livez) and whether rounds go on (/readyz), host:port.")
    var health: String?

    @Flag(help: "Check that all is there and in order (scenario, data, record, ports, certificates), and stop.")
    var check = false

    @Option(
        help: """
            A YAML file of these options. The command line goes before the environment (FED_COORDINATOR_LISTEN, …), \
            the environment before the file.
            """)
    var config: String?

    @OptionGroup(title: "Who may take part") var admission: AdmissionOptions

    @OptionGroup var options: ProgramOptions

    package init() {}

    package static func main() async {
        await runAndExit(
            ConfiguredArguments(
                prefix: "FED_COORDINATOR_",
                options: [
                    "scenario", "listen", "database", "data", "health", "config", "certificate", "key", "authority",
                    "revoked", "tokens", "log-level", "log-format", "set",
                ], flags: ["resume", "resume-broken", "json", "check", "insecure"]))
    }

    package func validate() throws {
        guard scenario != nil || resume else { throw ValidationError("Name a --scenario, or --resume a run.") }
        if resume, resumeBroken { throw ValidationError("Give --resume or --resume-broken, not both.") }
        if scenario == nil, !scenarioOptions.overrides.isEmpty { throw ValidationError("--set needs a --scenario.") }
    }

    package func run() async throws {
        let endpoint = try Endpoint(listen)
        let healthEndpoint = try health.map { text throws(Problem) in try Endpoint(text) }
        let (security, tokens) = try admission.security(listeningOn: endpoint)
        let overrides = scenarioOptions.overrides
        let named = try scenario.map { path throws(Problem) in try Scenario.load(path: path, overrides: overrides) }
        let store = try RunStore(path: database)
        let start = try await RunStart.choose(
            scenario: named, resume: resume ? .always : resumeBroken ? .ifBroken : .never, in: store.reader)
        let output = ProgressOutput(asJSON: json)
        let state = HealthState()
        if case .finished(let summary) = start {
            output.write(.finished(.init(summary)))
            return try store.close()
        }
        try await expectRoom(for: start, in: store.reader, endpoint, healthEndpoint)
        let display = DatasetDisplay()
        let context = try await start.context(
            folder: data, allowDrawnDigits: allowDrawnDigits, in: store.reader
        ) { display.show($0) }
        display.finish()

        let logger = options.logger("fed-coordinator")
        var settings = CoordinatorSettings(tokens: tokens)
        settings.concurrentUploads = max(settings.concurrentUploads, context.slowUploads)
        settings.limits.heartbeat = context.scenario.network.heartbeat
        let listener = try await Listener.bind(
            to: endpoint, security: security, limits: settings.limits, logger: logger)
        if check { return try await finishCheck(start, context, listener, healthEndpoint, store) }
        let machine = MachineDescription.current
        let scenario = context.scenario
        if let slowness = scenario.kernels.kernels.slowness {
            logger.warning("\(slowness)")
        }
        let threads = TrainingThreads(
            count: machine.cores, model: context.model, kernels: scenario.kernels.kernels, yieldsToOthers: true)
        let ledger = try await start.ledger(
            context, transport: .tcp, store: store, threads: threads,
            watcher: { progress in
                state.take(progress)
                output.write(progress)
            })
        let coordinator = try RunCoordinator(
            ledger: ledger, settings: settings, traffic: listener.traffic, logger: logger)
        ledger.report(.started(.init(ledger, endpoint: "\(listener.endpoint)", database: database)))
        for file in admission.exposedFiles {
            logger.warning("others can read this file; chmod 600 it", metadata: ["file": "\(file)"])
        }
        if let warning = admission.warning(listeningOn: listener.endpoint) {
            TerminalOutput.standardError.warn(warning)
            ledger.journal.note("insecure", warning)
        }

        let outcome = Mutex<RunOutcome?>(nil)
        let service = CoordinatorService(listener: listener, coordinator: coordinator) { ended in
            outcome.withLock { $0 = ended }
        }
        let watch = healthEndpoint.map { endpoint in
            HealthService(host: endpoint.host, port: endpoint.port, state: state, logger: logger) { port in
                logger.notice("state over HTTP", metadata: ["address": "\(endpoint.host):\(port)"])
            }
        }
        try await ServiceGroup.run(
            service, beside: [watch].compactMap(\.self), stopAtEndOfInput: options.stopAtEndOfInput, logger: logger)
        try store.close()
        if let problem = outcome.withLock({ $0?.problem(ledger.identity, database: database) }) { throw problem }
    }

    /// Finds out what a start will want for before the data are loaded, which may take minutes.
    ///
    /// - Throws: a ``Problem`` for what it surely will not have; what it may not have is warned of.
    private func expectRoom(
        for start: RunStart, in reader: RunReader, _ endpoint: Endpoint, _ health: Endpoint?
    ) async throws {
        let logger = Logger(label: "start") { _ in SwiftLogNoOpLogHandler() }
        try await Listener.probe(endpoint, option: "--listen", logger: logger)
        if let health { try await Listener.probe(health, option: "--health", logger: logger) }
        let (scenario, roundsDone) = try start.outlook(in: reader)
        let output = TerminalOutput.standardError
        if let warning = try RecordNeed(scenario, roundsDone: roundsDone).check(database: database) {
            output.warn(warning)
        }
        OpenFiles.raiseLimit()
        // How many workers will host the clients is for them to say, unless whoever starts all of them knows.
        let most = expectedConnections ?? scenario.clients
        if let shortage = OpenFiles.shortage(
            of: most, for: "the connections of \(scenario.clients) clients",
            remedy: "let workers host several clients each")
        {
            output.warn("if each client comes with a worker of its own, some will wait: \(shortage)")
        }
    }

    /// What is left to check once everything else has been found, opened and bound; says what it came to.
    private func finishCheck(
        _ start: RunStart, _ context: RunContext, _ listener: Listener, _ health: Endpoint?, _ store: RunStore
    ) async throws {
        try await listener.close()
        if let health {
            let logger = Logger(label: "check") { _ in SwiftLogNoOpLogHandler() }
            try await Listener.probe(health, option: "--health", logger: logger)
        }
        let reader = store.reader
        let what =
            switch start {
            case .new, .branch: "a new run of \(context.scenario.name)"
            case .resumed(let summary), .finished(let summary):
                "\(summary.place(in: reader)), after round \(summary.lastRound)"
            }
        try store.close()
        let warnings = try admission.expiring(within: .seconds(7 * 86_400), at: Date())
        for warning in warnings { TerminalOutput.standardError.warn(warning) }
        TerminalOutput.standardOutput.write(
            """
            in order: \(what); \(context.dataset.provenance.summary); record \(database); \
            listening on \(listener.endpoint)

            """)
        if !warnings.isEmpty { throw ExitCode(Problem.Kind.data.rawValue) }
    }
}
