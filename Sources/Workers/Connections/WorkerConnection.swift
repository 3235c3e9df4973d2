import Client
import Datasets
import Diagnostics
import Federation
import Identity
import Learning
import Logging
import NIOCore
import Parameters
import Synchronization
import Transport
import Wire

/// One connection of a worker to its coordinator, from the greeting to the end.
final class WorkerConnection: Sendable {
    private struct State {
        var session: WorkerSession
        /// Of the greeting with tokens.
        var transcript: [UInt8] = []
        /// What this connection agreed on; the preparation may be another one's.
        var welcome: Welcome?
        var preparation: WorkerHost.Preparation?
        var outcome: WorkerOutcome?
        /// Why a task of the connection ended it.
        var failure: (any Error)?
        var wasWelcome = false
        var behaviours = AnnouncedBehaviours()
        /// The devices to whose pace clients keep that have one.
        var devices: [ClientID: OwnDevice] = [:]
    }

    private let worker: Worker
    let host: WorkerHost
    private let hello: Hello
    let rounds = RoundWaits()
    private let state: Mutex<State>

    init(worker: Worker) {
        self.worker = worker
        host = worker.host
        hello = Hello(
            capabilities: .known, maxFramePayload: UInt32(host.settings.limits.framePayload), workerID: worker.id,
            workerName: worker.name,
            software: "fed-client \(ProgramVersion.current)", hosting: worker.hosting, ownData: host.hasOwnData,
            tokens: worker.tokens.isEmpty
                ? nil : TokenOffer(nonce: .random(), clients: worker.tokens.map(\.client)))
        state = Mutex(State(session: WorkerSession(hello: hello)))
    }

    /// Whether the coordinator has accepted this worker.
    var wasWelcome: Bool { state.withLock { $0.wasWelcome } }

    /// The client that it hosts, if it is one.
    var client: ClientID? {
        state.withLock { state in state.welcome.flatMap { $0.assigned.count == 1 ? $0.assigned.first : nil } }
    }

    /// Works until the coordinator takes its leave.
    func run() async throws -> WorkerOutcome {
        let goodbye = Message.goodbye(Goodbye(reason: .workerLeaving, text: "the worker was stopped"))
        try await Connector.withConnection(
            to: host.settings.coordinator, security: host.settings.security, limits: host.settings.limits,
            farewell: goodbye, connecting: host.connecting, readAhead: host.readAhead
        ) { connection, inbox in
            if self.hello.tokens != nil {
                connection.expect(.greeting, within: connection.limits.greetingTimeout, since: connection.start)
            }
            connection.send(.hello(self.hello))
            try await self.read(connection, inbox)
        }
        let (outcome, failure) = state.withLock { ($0.outcome, $0.failure) }
        // A coordinator that takes its leave makes what was under way fail.
        if outcome == nil, let failure { throw failure }
        guard let outcome else {
            throw WireError(.streamTruncated, "the coordinator closed the connection")
        }
        return outcome
    }

    private func read(_ connection: PeerConnection, _ inbox: Inbox) async throws {
        let receiver = ModelReceiver(host: host, worker: worker.id, connection: connection)
        defer { receiver.end(of: state.withLock { $0.welcome?.run }) }
        let sender = UpdateSender(connection: connection)
        try await withThrowingDiscardingTaskGroup { tasks in
            for try await message in inbox {
                try state.withLock { (state) throws(WireError) in try state.session.receive(message) }
                switch message {
                case .challenge(let challenge):
                    try prove(challenge, connection)
                case .confirmation(let confirmation):
                    try check(confirmation)
                    connection.met(.greeting)
                case .welcome(let welcome):
                    take(welcome)
                    host.greeted(welcome.run)
                    connection.limits.heartbeat = .milliseconds(Int64(welcome.heartbeatMilliseconds))
                    // In a task of its own: it may take long, and pings have to be answered meanwhile.
                    tasks.addTask { await self.attempt(connection) { try await self.prepare(welcome, connection) } }
                case .modelHeader(let header):
                    host.opened(header.round)
                    try await receiver.begin(header, layout: try preparation().training.broadcastLayout.combined)
                case .modelRest(let rest):
                    try await receiver.resume(rest)
                case .modelChunk(let chunk):
                    try receiver.append(chunk)
                case .hostileClients(let hostile):
                    try check(hostile)
                    state.withLock { $0.behaviours.take(hostile) }
                case .invitation(let invitation):
                    guard let model = receiver.model, let modelBytes = receiver.byteCount else { continue }
                    let preparation = try preparation()
                    // Now: what is said later is of later rounds.
                    let behaviours = state.withLock { $0.behaviours.of(invitation.round) }
                    tasks.addTask {
                        await self.attempt(connection) {
                            try await self.train(
                                invitation, behaviours, model, modelBytes, preparation, connection, sender)
                        }
                    }
                case .roundClosed(let closed):
                    rounds.close(closed.round)
                    receiver.close(closed.round)
                    host.closed(closed.round)
                case .updateOffset(let answer):
                    sender.take(answer)
                case .receipt(let receipt):
                    sender.take(receipt)
                    if let run = state.withLock({ $0.welcome?.run }) {
                        host.keptUpdates.remove(receipt.key, of: run)
                    }
                    if receipt.outcome != .accepted {
                        host.logger.notice(
                            "update not accepted",
                            metadata: [
                                "update": "\(receipt.key)", "outcome": "\(receipt.outcome)",
                                "reason": "\(receipt.text)",
                            ])
                    }
                case .goodbye(let goodbye):
                    if goodbye.reason == .runFinished { host.finished() }
                    state.withLock {
                        $0.outcome = WorkerOutcome(isFinished: goodbye.reason == .runFinished, text: goodbye.text)
                    }
                    tasks.cancelAll()
                    return
                case .error(let error):
                    throw CoordinatorRefusal(message: error)
                default:
                    break
                }
            }
            tasks.cancelAll()
        }
    }

    /// Does a part of the work beside the reading. When it fails, the connection is over: a task that threw would not end the
    /// wait for the next message.
    private func attempt(_ connection: PeerConnection, _ part: () async throws -> Void) async {
        do {
            try await part()
        } catch is CancellationError {
            // The connection is over already.
        } catch is ChannelError {
            // The connection is gone, and who reads it learns why: the coordinator may have taken its leave.
        } catch let absence as DeviceAbsence {
            state.withLock { $0.failure = $0.failure ?? absence }
            let goodbye = Message.goodbye(Goodbye(reason: .workerLeaving, text: absence.text))
            if case .switchedOff = absence { connection.close(last: goodbye) } else { connection.close() }
        } catch let division as DividedWorker {
            state.withLock { $0.failure = $0.failure ?? division }
            connection.close(last: .goodbye(Goodbye(reason: .workerLeaving, text: division.text)))
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
            let wireError = error as? WireError ?? WireError(.cannotTakePart, "the worker cannot take part: \(error)")
            connection.close(last: .error(ErrorMessage(wireError)))
        }
    }

    // MARK: Tokens

    private func prove(_ challenge: Challenge, _ connection: PeerConnection) throws {
        let transcript = GreetingTranscript.digest(
            hello, challenge, channelBinding: connection.credentials.channelBinding)
        let proofs = worker.tokens.compactMap { token in
            Octets32(bytes: token.proof(of: transcript)).map { ClientProof(client: token.client, value: $0) }
        }
        let proof = Message.proof(Proof(proofs: proofs))
        try state.withLock { (state) throws(WireError) in
            try state.session.sent(proof)
            state.transcript = transcript
        }
        connection.send(proof)
    }

    /// The coordinator has to know the tokens' traces: another one that only listens in their name does not.
    private func check(_ confirmation: Confirmation) throws(WireError) {
        let transcript = state.withLock { $0.transcript }
        // The session has seen to it that the clients are those of the tokens.
        for (token, signature) in zip(worker.tokens, confirmation.signatures)
        where !token.isConfirmed(by: signature.value.bytes, of: transcript) {
            throw WireError(
                .coordinatorUnproven, "the coordinator does not know the token of client \(token.client) itself")
        }
    }

    /// What clients are to want has to be among the model's answers, and clients that they are to know clients of the run, whose
    /// data the worker has.
    private func check(_ hostile: HostileClients) throws(WireError) {
        let preparation = try preparation()
        let choice = hostile.behaviour.choice
        if let obstacle = choice.make().obstacle(classes: preparation.training.model.classes) {
            throw WireError(.unsupportedBehaviour, "the behaviour \(choice.name) \(obstacle)")
        }
        guard !hostile.behaviour.known.isEmpty else { return }
        guard case .dealt = preparation.training.data else {
            throw WireError(
                .cannotTakePart,
                "clients of this worker are to know other clients' updates, and it has its own data alone")
        }
        if let last = hostile.behaviour.known.last, last.rawValue >= preparation.welcome.population {
            throw WireError(
                .cannotTakePart,
                "HostileClients.known names client \(last) of a run with \(preparation.welcome.population) clients")
        }
    }

    private func preparation() throws(WireError) -> WorkerHost.Preparation {
        guard let preparation = state.withLock({ $0.preparation }) else {
            throw WireError(.unexpectedMessage, "a model came before this worker was ready")
        }
        return preparation
    }

    private func take(_ welcome: Welcome) {
        let greeted = ContinuousClock.now
        var devices: [ClientID: OwnDevice] = [:]
        for index in welcome.assigned.indices {
            if let device = OwnDevice(welcome, at: index, greeted: greeted) { devices[device.client] = device }
        }
        state.withLock { state in
            state.wasWelcome = true
            state.welcome = welcome
            state.devices = devices
        }
    }

    /// The device to whose pace a client keeps; `nil`: it is as fast as this machine.
    private func device(of client: ClientID) -> OwnDevice? { state.withLock { $0.devices[client] } }

    private func prepare(_ welcome: Welcome, _ connection: PeerConnection) async throws {
        let devices = state.withLock { $0.devices }
        if welcome.assigned.count > 1, devices.values.contains(where: { $0.device.needsOwnConnection }) {
            throw DividedWorker(clients: welcome.assigned)
        }
        let clients = welcome.assigned
        host.logger.info(
            "welcome", metadata: ["clients": "\(clients.count)", "model": "\(welcome.model)", "run": "\(welcome.run)"])
        let preparation = try await host.prepare(for: welcome)
        let counts = clients.map {
            Ready.ClientExamples(client: $0, examples: UInt32(preparation.training.data.count(of: $0)))
        }
        state.withLock { $0.preparation = preparation }
        if let device = devices.values.first, case (false, let until) = device.current {
            throw DeviceAbsence.switchedOff(until: until)
        }
        if welcome.capabilities.contains(.resumeTransfers), let held = host.interruptedModels.held(by: worker.id) {
            try send(.modelHeld(held), connection)
        }
        let messages = Ready.messages(
            dataDigest: preparation.training.data.digest, clients: counts, maxFramePayload: welcome.maxFramePayload)
        for ready in messages { try send(.ready(ready), connection) }
        // What comes and goes has a connection of its own.
        guard welcome.assigned.count == 1, let device = devices.values.first, let end = device.current.until else {
            return
        }
        try await Task.sleep(until: end, clock: .continuous)
        throw DeviceAbsence.switchedOff(until: device.current.until)
    }

    private func send(_ message: Message, _ connection: PeerConnection) throws(WireError) {
        try note(message)
        connection.send(message)
    }

    /// Takes note of a message that is sent.
    private func note(_ message: Message) throws(WireError) {
        try state.withLock { (state) throws(WireError) in try state.session.sent(message) }
    }

    // MARK: Training

    private func train(
        _ invitation: Invitation, _ behaviours: [RoundBehaviour], _ model: RoundModel, _ modelBytes: Int,
        _ preparation: WorkerHost.Preparation, _ connection: PeerConnection, _ sender: UpdateSender
    ) async throws {
        guard let welcome = state.withLock({ $0.welcome }) else { return }
        let work = invitation.clients.map { client in
            let key = UpdateKey(round: invitation.round, client: client.client, attempt: client.attempt)
            let origin = KeptUpdates.Origin(
                model: model.parameters.digest, settings: invitation.settings, codec: invitation.codec,
                stateRound: client.stateRound, behaviours: behaviours.of(client.client))
            return (key: key, origin: origin, stateRound: client.stateRound)
        }
        // What keeps to a device's pace has to begin now, and what is trained already waits for no training.
        let waits = work.map { item in
            device(of: item.key.client) != nil
                ? 0 : host.keptUpdates.update(for: item.key, of: welcome.run, from: item.origin) != nil ? 1 : 2
        }
        let ordered = (0...2).flatMap { wait in zip(work, waits).filter { $0.1 == wait } }
        let invited = ContinuousClock.now
        try await withThrowingDiscardingTaskGroup { tasks in
            for ((key, origin, stateRound), _) in ordered where !rounds.isClosed(invitation.round) {
                if let device = device(of: key.client) {
                    let kept = host.keptUpdates.update(for: key, of: welcome.run, from: origin)
                    tasks.addTask {
                        let work = PacedWork(
                            key: key, device: device, invited: invited, modelBytes: modelBytes,
                            settings: invitation.settings, preparation: preparation, connection: connection,
                            sender: sender)
                        try await self.carryOut(work, kept: kept, of: welcome, from: origin) {
                            try await self.train(
                                key, stateRound, behaviours, invitation, model, preparation, connection)
                        }
                    }
                    continue
                }
                try await host.inFlight.acquire()
                tasks.addTask { [host] in
                    defer { host.inFlight.release() }
                    if let kept = host.keptUpdates.update(for: key, of: welcome.run, from: origin) {
                        try await self.sendAgain(
                            kept.again(as: key, chunkSize: Int(welcome.chunkSize)), welcome, sender)
                    } else if let update = try await self.train(
                        key, stateRound, behaviours, invitation, model, preparation, connection)
                    {
                        // Before it is sent: what breaks then is the connection.
                        host.keptUpdates.keep(update, of: welcome.run, from: origin)
                        try await sender.send(update)
                    }
                }
            }
        }
    }

    func sendAgain(
        _ update: OutgoingUpdate, _ welcome: Welcome, _ sender: UpdateSender, pace: UploadPace? = nil
    ) async throws {
        guard !rounds.isClosed(update.header.key.round) else { return }
        host.logger.notice("sending again what was trained", metadata: ["update": "\(update.header.key)"])
        if welcome.capabilities.contains(.resumeTransfers) {
            try await sender.offer(update, at: pace) { (message) throws(WireError) in try note(message) }
        } else {
            try await sender.send(update, at: pace)
        }
    }

    /// The client's update; `nil` if there is none.
    private func train(
        _ key: UpdateKey, _ stateRound: UInt32, _ behaviours: [RoundBehaviour], _ invitation: Invitation,
        _ model: RoundModel, _ preparation: WorkerHost.Preparation, _ connection: PeerConnection
    ) async throws -> OutgoingUpdate? {
        let chunkSize = Int(state.withLock { $0.welcome }?.chunkSize ?? preparation.welcome.chunkSize)
        do {
            return try await preparation.threads.run { trainer, isCancelled in
                try preparation.training.update(
                    key, from: model.parameters, settings: invitation.settings, behaviours: behaviours,
                    stateRound: stateRound, states: preparation.states, codec: invitation.codec, chunkSize: chunkSize,
                    on: trainer,
                    isCancelled: { isCancelled() || self.rounds.isClosed(key.round) })
            }
        } catch TrainingFailure.cancelled {
            // The round is closed or the connection gone: nobody waits for it.
            return nil
        } catch let failure as TrainingFailure {
            host.logger.notice("training diverged", metadata: ["update": "\(key)", "reason": "\(failure.text)"])
            connection.send(.trainingFailed(TrainingFailed(key: key, reason: .diverged, text: failure.text)))
            return nil
        }
    }
}
