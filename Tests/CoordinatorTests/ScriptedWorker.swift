import Datasets
import Federation
import Parameters
import Runs
import Synchronization
import Transport
import Wire

/// A peer that speaks the protocol by hand, as far as a test wants it to.
struct ScriptedWorker: Sendable {
    /// What the script ends the connection with.
    struct Done: Error {}

    let endpoint: Endpoint
    let security: ConnectorSecurity
    var hello: Hello

    /// - Parameter tokens: the clients that it says it has the tokens of; proving them is for the script.
    init(
        endpoint: Endpoint, hosting: Hello.Hosting, ownData: Bool = false, capabilities: Capabilities = [],
        security: ConnectorSecurity = .plain, tokens: [ClientID] = []
    ) {
        self.endpoint = endpoint
        self.security = security
        hello = Hello(
            capabilities: capabilities, maxFramePayload: UInt32(WireLimits.default.framePayload), workerID: .random(),
            workerName: "scripted", software: "test", hosting: hosting, ownData: ownData,
            tokens: tokens.isEmpty ? nil : TokenOffer(nonce: .random(), clients: tokens))
    }

    /// Runs `script` with each message; it ends the connection by throwing ``Done``.
    func run(_ script: @escaping @Sendable (PeerConnection, Message) async throws -> Void) async throws {
        do {
            try await Connector.withConnection(to: endpoint, security: security) { [hello] connection, inbox in
                connection.send(.hello(hello))
                for try await message in inbox { try await script(connection, message) }
            }
        } catch is Done {}
    }

    /// Goes through the greeting, waits for an invitation, and is gone.
    func leaveWhenInvited(dataset context: RunContext) async throws {
        try await run { connection, message in
            switch message {
            case .welcome(let welcome): Self.answer(welcome, context, connection)
            case .invitation: throw Done()
            default: break
            }
        }
    }

    /// Sends what a worker that has the run's data is ready with.
    static func answer(_ welcome: Welcome, _ context: RunContext, _ connection: PeerConnection) {
        let clients = welcome.assigned.map {
            Ready.ClientExamples(client: $0, examples: UInt32(context.partition.count(of: Int($0.rawValue))))
        }
        connection.send(.ready(Ready(dataDigest: context.dataset.digest, clients: clients, isLast: true)))
    }
}
