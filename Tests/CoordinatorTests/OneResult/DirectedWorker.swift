import Client
import Federation
import Learning
import Parameters
import Runs
import Scenarios
import Testing
import Transport
import Wire
import Workers

/// A worker that trains as any other, and sends its updates when and as often as a ``DeliveryScript`` says.
struct DirectedWorker: Sendable {
    let worker: ScriptedWorker
    let context: RunContext
    let threads: TrainingThreads
    let script: DeliveryScript

    init(
        endpoint: Endpoint, clients: [ClientID], context: RunContext, threads: TrainingThreads, script: DeliveryScript
    ) {
        worker = ScriptedWorker(
            endpoint: endpoint, hosting: .clients(clients), capabilities: [.behaviours, .evaluation])
        self.context = context
        self.threads = threads
        self.script = script
    }

    /// Takes part until the coordinator takes its leave.
    func run() async throws {
        try await Connector.withConnection(to: worker.endpoint) { connection, inbox in
            connection.send(.hello(worker.hello))
            try await take(inbox, connection)
        }
    }

    private func take(_ inbox: Inbox, _ connection: PeerConnection) async throws {
        // One update at a time on a connection.
        let sending = Slots(1)
        var chunkSize = WireLimits.default.chunkSize
        var transfer: IncomingTransfer?
        var global: ParameterVector?
        var announced = AnnouncedBehaviours()
        try await withThrowingDiscardingTaskGroup { tasks in
            for try await message in inbox {
                switch message {
                case .welcome(let welcome):
                    chunkSize = Int(welcome.chunkSize)
                    ScriptedWorker.answer(welcome, context, connection)
                case .modelHeader(let header):
                    transfer = try IncomingTransfer(
                        byteCount: header.byteCount, codec: header.codec, digest: header.digest,
                        layout: context.strategy.parts.broadcast(context.model.layout).combined)
                case .modelChunk(let chunk):
                    if try transfer?.append(offset: chunk.offset, bytes: chunk.bytes) == true {
                        global = try transfer?.finish()
                    }
                case .hostileClients(let hostile): announced.take(hostile)
                case .invitation(let invitation):
                    let behaviours = announced.of(invitation.round)
                    let model = try #require(global)
                    let states = context.strategy.parts.hasClientState ? script.states : nil
                    for item in invitation.clients {
                        let stateRound = item.stateRound
                        let key = UpdateKey(round: invitation.round, client: item.client, attempt: item.attempt)
                        tasks.addTask { [chunkSize] in
                            await deliver(
                                key, stateRound, states, behaviours, invitation, model, chunkSize, sending, connection)
                        }
                    }
                case .receipt(let receipt): script.take(receipt)
                case .goodbye:
                    tasks.cancelAll()
                    return
                case .error(let error): Issue.record("\(error)")
                default: break
                }
            }
            tasks.cancelAll()
        }
    }

    private func deliver(
        _ key: UpdateKey, _ stateRound: UInt32, _ states: ClientStates?, _ behaviours: [RoundBehaviour],
        _ invitation: Invitation, _ model: ParameterVector, _ chunkSize: Int, _ sending: Slots,
        _ connection: PeerConnection
    ) async {
        let training = ClientTraining(
            model: context.model, seed: context.scenario.seed,
            data: .dealt(context.dataset, training: context.partition, heldOut: context.heldOut),
            strategy: context.strategy, evaluation: context.scenario.evaluation)
        do {
            let update = try await threads.run { trainer, isCancelled in
                try training.update(
                    key, from: model, settings: invitation.settings, behaviours: behaviours,
                    stateRound: stateRound, states: states, codec: invitation.codec, chunkSize: chunkSize, on: trainer,
                    isCancelled: isCancelled)
            }
            await script.turn(of: key)
            try await sending.withSlot {
                for _ in 0..<script.copies {
                    for frame in update { try await connection.write(frame) }
                }
            }
        } catch {
            // The last copy of a run may find the coordinator gone.
            guard !Task.isCancelled else { return }
            Issue.record("\(key): \(error)")
            connection.close()
        }
    }
}
