import Datasets
import Federation
import Learning
import Logging
import NIOCore
import Parameters
import Runs
import Scenarios
import TestSupport
import Transport
import Wire

/// A coordinator that speaks the protocol by hand: each connection is given one client, is sent a model each round, and
/// waits between two rounds.
struct ScriptedCoordinator: Sendable {
    private let context: RunContext
    private let listener: Listener
    /// What it says of clients that misbehave, before each invitation.
    var hostile: RoundBehaviour?
    /// What its greeting says of the model and the classes, if not the truth.
    var claimed: ModelDefinition?

    init(_ context: RunContext) async throws {
        self.context = context
        listener = try await Listener.bind(
            to: Endpoint(host: "127.0.0.1", port: 0), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    var endpoint: Endpoint { listener.endpoint }

    /// Serves while `peers` do their part, which end when they are dismissed.
    ///
    /// - Parameter betweenRounds: called on each connection when its round is closed.
    func serve(
        rounds: UInt32, _ peers: @escaping @Sendable () async throws -> Void,
        betweenRounds: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await listener.run { try await serve($0, $1, rounds, betweenRounds) }
                return false
            }
            group.addTask {
                try await peers()
                return true
            }
            while let isOver = try await group.next() {
                if isOver { return }
            }
        }
    }

    private func serve(
        _ connection: PeerConnection, _ inbox: Inbox, _ rounds: UInt32, _ betweenRounds: () async throws -> Void
    ) async throws {
        var byteCount: UInt64 = 0
        var round: UInt32 = 1
        for try await message in inbox {
            switch message {
            case .hello:
                connection.send(.welcome(welcome))
            case .ready:
                send(round, connection)
            case .updateHeader(let header):
                byteCount = header.byteCount
            case .updateChunk(let chunk):
                byteCount -= UInt64(chunk.bytes.readableBytes)
                guard byteCount == 0 else { continue }
                connection.send(.roundClosed(RoundClosed(round: round)))
                try await betweenRounds()
                round += 1
                if round <= rounds {
                    send(round, connection)
                } else {
                    connection.close(last: .goodbye(Goodbye(reason: .runFinished, text: "done")))
                }
            default:
                break
            }
        }
    }

    private var welcome: Welcome {
        let model = claimed ?? context.model
        return Welcome(
            capabilities: hostile == nil ? [] : .behaviours, run: .random(), seed: 1, maxFramePayload: 1 << 20,
            chunkSize: 1 << 12, heartbeatMilliseconds: 5000,
            model: model.name, layout: model.layout, dataset: context.dataset.kind,
            datasetDigest: context.dataset.digest, trainCount: UInt32(context.dataset.train.count),
            classes: UInt16(model.classes), partition: context.scenario.partition,
            population: UInt32(context.scenario.clients), assigned: [ClientID(0)])
    }

    private func send(_ round: UInt32, _ connection: PeerConnection) {
        let model = context.model.initialParameters(seed: UInt64(round))
        connection.send(EncodedModel(parameters: model, round: round, chunkSize: 1 << 12).frames)
        if let hostile { connection.send(.hostileClients(HostileClients(hostile))) }
        connection.send(
            .invitation(
                Invitation(
                    round: round, settings: context.scenario.train, codec: .f32, deadlineMilliseconds: 60_000,
                    clients: [.init(client: ClientID(0), attempt: 1)])))
    }
}
