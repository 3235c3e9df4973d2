package import ArgumentParser
import Client
import Datasets
import Diagnostics
import Federation
import Foundation
import Logging
import Programs
import ServiceLifecycle
import Transport
import Wire
import Workers

/// `fed-client`: a worker process, which hosts one client or many.
package struct FedClient: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "fed-client",
        abstract: "Host one client or many: train when the coordinator invites, and come back when the line is cut.",
        discussion: """
            Without --clients and --client-id the coordinator gives this worker its share: the clients that nobody \
            hosts, divided among the workers that wait. With --connections each connection is a worker to the \
            coordinator, while data, threads and models are shared. The worker ends when the run does.
            """,
        version: ProgramVersion.current)

    @Option(help: "The coordinator, host:port.")
    var coordinator = "127.0.0.1:\(Endpoint.defaultPort)"

    @Option(help: "Host so many clients; the coordinator chooses which.")
    var clients: UInt32?

    @Option(help: "Host the client with this id.")
    var clientID: UInt32?

    @Option(help: "Divide the clients among so many connections.")
    var connections = 1

    @Option(
        help: """
            A folder of IDX files: this client's own examples (train-images-idx3-ubyte, train-labels-idx1-ubyte), or \
            all four files of MNIST. By default MNIST from FED_DATA_DIR, the cache folder or a download.
            """)
    var data: String?

    @Option(
        help: ArgumentHelp(
            """
            The folder for what clients remember from round to round, where the strategy has them remember something; one \
            for all workers of a machine, so that clients can move between them. By default fed/clients in \
            XDG_STATE_HOME, or in ~/.local/state.
            """, valueName: "folder"))
    var state: String?

    @Option(help: "The number of threads that train; by default one for each core.")
    var threads: Int?

    @Option(help: "A name for people and for the record; by default the host's name and the process id.")
    var name: String?

    @Option(help: "How many seconds to go on trying to reach a coordinator that does not answer.")
    var retryFor: Double = 120

    @Option(
        help: """
            A YAML file of these options. The command line goes before the environment (FED_CLIENT_COORDINATOR, …), the \
            environment before the file.
            """)
    var config: String?

    @OptionGroup(title: "Who may take part") var admission: AdmissionOptions

    @OptionGroup var options: ProgramOptions

    /// As many as a coordinator takes.
    private static let mostConnections = 20_000

    package init() {}

    package static func main() async {
        await runAndExit(
            ConfiguredArguments(
                prefix: "FED_CLIENT_",
                options: [
                    "coordinator", "clients", "client-id", "connections", "data", "state", "threads", "name",
                    "retry-for",
                    "config", "log-level", "log-format", "authority", "certificate", "key", "token-file",
                ], flags: []))
    }

    package func validate() throws {
        if clients != nil, clientID != nil { throw ValidationError("Give --clients or --client-id, not both.") }
        if clients == 0 { throw ValidationError("--clients must be at least 1.") }
        guard 1...Self.mostConnections ~= connections else {
            throw ValidationError("--connections must be 1 to \(Self.mostConnections).")
        }
        if connections > 1, clientID != nil { throw ValidationError("--client-id is one client, for one connection.") }
        if let clients, clients < connections {
            throw ValidationError("--connections must not be more than --clients.")
        }
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
        guard retryFor >= 0, retryFor <= 1e9 else { throw ValidationError("--retry-for must be 0 to 1e9 seconds.") }
    }

    package func run() async throws {
        let process = ProcessInfo.processInfo
        let hosting: Hello.Hosting =
            if let clientID { .clients([ClientID(clientID)]) } else if let clients { .count(clients) } else { .share }
        let endpoint = try Endpoint(coordinator)
        let settings = WorkerSettings(
            coordinator: endpoint, security: try admission.security(), tokens: try admission.tokens(),
            hosting: hosting, connections: connections, dataFolder: data,
            stateFolder: state ?? ClientStates.defaultRoot,
            threads: threads ?? process.activeProcessorCount,
            name: name ?? "\(process.hostName)-\(process.processIdentifier)", retryFor: .seconds(retryFor))
        OpenFiles.raiseLimit()
        if let shortage = OpenFiles.shortage(
            of: connections, for: connections == 1 ? "1 connection" : "\(connections) connections",
            remedy: "ask for fewer --connections, each for more clients")
        {
            throw shortage
        }
        let logger = options.logger("fed-client")
        for file in admission.exposedFiles {
            logger.warning("others can read this file; chmod 600 it", metadata: ["file": "\(file)"])
        }
        if !settings.security.isEncrypted, !endpoint.isLoopback {
            logger.warning(
                "the connection is not encrypted: whoever is on the way can read and change what is said",
                metadata: ["coordinator": "\(endpoint)"])
        }
        let display = DatasetDisplay()
        let host = try await WorkerHost(settings: settings, logger: logger) { request in
            defer { display.finish() }
            return try await Dataset.load(request) { display.show($0) }
        }
        try await ServiceGroup.run(
            WorkerService(host: host, logger: logger), stopAtEndOfInput: options.stopAtEndOfInput, logger: logger)
    }
}
