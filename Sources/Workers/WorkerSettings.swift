public import Client
import Diagnostics
public import Identity
public import Transport
public import Wire

/// What a worker process is told by its user.
public struct WorkerSettings: Sendable {
    public var coordinator: Endpoint
    /// How the connection to it is protected.
    public var security: ConnectorSecurity
    /// The tokens of the clients that the process may host, ascending by client; empty: the coordinator asks for none.
    public var tokens: [ClientToken]
    /// Which clients the process hosts, on all its connections together; a share is each connection's own.
    public var hosting: Hello.Hosting
    /// The number of connections among which the clients are divided; at least 1.
    public var connections: Int
    /// A folder with the data: of a whole data set, or of the one client's own examples.
    public var dataFolder: String?
    /// The folder in which clients' states are kept, for all runs and all workers of this machine.
    public var stateFolder: String
    /// The number of threads that train; at least 1.
    public var threads: Int
    /// For people and for the record.
    public var name: String
    /// How long to go on trying to reach a coordinator that does not answer.
    public var retryFor: Duration
    public var limits: WireLimits

    public init(
        coordinator: Endpoint, security: ConnectorSecurity = .plain, tokens: [ClientToken] = [],
        hosting: Hello.Hosting, connections: Int = 1,
        dataFolder: String? = nil, stateFolder: String = ClientStates.defaultRoot, threads: Int,
        name: String, retryFor: Duration = .seconds(120), limits: WireLimits = .default
    ) {
        self.coordinator = coordinator
        self.security = security
        self.tokens = tokens
        self.hosting = hosting
        self.connections = connections
        self.dataFolder = dataFolder
        self.stateFolder = stateFolder
        self.threads = threads
        self.name = name
        self.retryFor = retryFor
        self.limits = limits
    }

    /// Whether no more than one client can be hosted.
    var hostsOneClient: Bool {
        switch hosting {
        case .count(let count): count == 1
        case .clients(let clients): clients.count == 1
        case .share: false
        }
    }

    /// Checks that each connection has clients to host, and the tokens for them.
    func check() throws(Problem) {
        try checkTokens()
        guard !name.hasControls else {
            throw Problem(.usage, "the worker's name has control characters", remedy: "give another with --name")
        }
        guard connections > 1 else { return }
        switch hosting {
        case .share:
            break
        case .count(let count):
            guard connections <= count else {
                throw Problem(
                    .usage, "\(connections) connections for \(count) clients",
                    remedy: "give no more connections than clients")
            }
        case .clients:
            throw Problem(
                .usage, "certain clients are hosted on one connection, not \(connections)",
                remedy: "give a number of clients, or start a worker for each connection")
        }
    }

    private func checkTokens() throws(Problem) {
        guard !tokens.isEmpty else { return }
        if case .clients(let clients) = hosting {
            for client in clients where !tokens.contains(where: { $0.client == client }) {
                throw Problem(
                    .usage, "there is no token of client \(client)", remedy: "give its file with --token-file")
            }
        }
        guard connections <= tokens.count else {
            throw Problem(
                .usage, "\(connections) connections for \(tokens.count) tokens",
                remedy: "give no more connections than tokens")
        }
        guard tokens(ofConnection: 0).count <= WireLimits.provedClients else {
            throw Problem(
                .usage,
                "\(tokens.count) tokens on \(connections) connections: one proves \(WireLimits.provedClients) at most",
                remedy: "divide them among more connections with --connections")
        }
    }

    /// The tokens that one of the connections proves: its part of them, or those of the clients that it asks for.
    ///
    /// - Parameter number: from 0.
    func tokens(ofConnection number: Int) -> [ClientToken] {
        if case .clients(let clients) = hosting { return tokens.filter { clients.contains($0.client) } }
        return Array(tokens[part(of: tokens.count, number)])
    }

    /// What one of the connections asks for: its part of the clients.
    ///
    /// - Parameter number: from 0.
    func hosting(ofConnection number: Int) -> Hello.Hosting {
        guard case .count(let count) = hosting else { return hosting }
        return .count(UInt32(part(of: Int(count), number).count))
    }

    /// One connection's part of so many, as even as the division allows.
    private func part(of total: Int, _ number: Int) -> Range<Int> {
        let (size, rest) = total.quotientAndRemainder(dividingBy: connections)
        let start = number * size + min(number, rest)
        return start..<start + size + (number < rest ? 1 : 0)
    }
}
