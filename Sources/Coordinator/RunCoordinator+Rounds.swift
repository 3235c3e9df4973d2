import Datasets
import Diagnostics
import Federation
import Learning
import NIOCore
import Parameters
import RunStore
import Runs
import Scenarios
import Settings
import Transport
import Wire

// The round machine's directives, carried out.
extension RunCoordinator {
    func handle(_ event: RoundEvent) {
        perform(driver.handle(event))
    }

    func perform(_ actions: [RoundDriver.Action]) {
        var invitations: [WireIdentifier: [UInt32: [Invitation.ClientAttempt]]] = [:]
        var left: [AbsenceDeadlines.Absence] = []
        var absence = Duration.zero
        for action in actions {
            switch action {
            case .broadcast(let broadcast, let round):
                open(round, broadcast)
            case .invite(let key):
                guard let host = roster.host(of: key.client) else { continue }
                invitations[host, default: [:]][key.round, default: []].append(
                    .init(client: key.client, attempt: key.attempt, stateRound: driver.stateRound(of: key.client)))
                if key.attempt > 1 {
                    ledger.journal.note("invited_again", round: key.round, client: key.client, "attempt \(key.attempt)")
                }
            case .startTimer(.absence(let client, let number), let duration):
                left.append(.init(client: client, number: number))
                absence = duration
            case .startTimer(let timer, let duration):
                wait(.run(timer), duration) { await $0.handle(.timerFired(timer)) }
            case .stopTimer(.absence(let client, _)):
                if let deadline = absences.end(of: client) { deadlines.callOff(.absence(deadline)) }
            case .stopTimer(let timer):
                deadlines.callOff(.run(timer))
            case .endCollection(let closure):
                endCollection(closure)
            case .aggregate(let closure):
                addJob.yield(.aggregate(closure))
            case .abandon(let closure):
                driver.abandon(closure)
            case .complete(let closed):
                addClosed.yield(closed)
            case .finish(let outcome):
                isOver = true
                deadlines.callOffAll()
                addJob.yield(.finish(outcome))
            }
        }
        for (worker, rounds) in invitations {
            for (round, attempts) in rounds.sorted(by: { $0.key < $1.key }) { invite(attempts, to: round, on: worker) }
        }
        if !left.isEmpty { waitForReturn(left, within: absence) }
        releaseWaiting()
    }

    /// Sets the deadline of clients that have left together.
    private func waitForReturn(_ left: [AbsenceDeadlines.Absence], within duration: Duration) {
        let deadline = absences.begin(left)
        wait(.absence(deadline), duration) { await $0.absencePassed(deadline, left) }
    }

    /// Sets a deadline; `then` runs when it passes.
    func wait(
        _ subject: Deadlines.Subject, _ duration: Duration, then: @escaping @Sendable (RunCoordinator) async -> Void
    ) {
        guard !isOver else { return }
        addJob.yield(.wait(deadlines.set(subject, duration), then: then))
    }

    // MARK: The beginning of a round

    private func open(_ round: UInt32, _ broadcast: Parts) {
        // The frames that most workers take are made here, so that the record can tell what it costs.
        let scenario = context.scenario
        if driver.ongoingTrainings != nil { closeRounds(before: driver.oldestRound) }
        models[round] = RoundModels(
            of: broadcast, round: round, codec: scenario.network.download.codec, seed: scenario.seed,
            chunkSize: settings.limits.chunkSize)
        driver.broadcastReady()
    }

    private func invite(_ attempts: [Invitation.ClientAttempt], to round: UInt32, on worker: WireIdentifier) {
        guard let link = links[worker], models[round] != nil else { return }
        if !link.holdsModel(of: round) {
            link.sends(modelOf: round)
            let size = Int(settings.limits.agreedChunkSize(framePayload: link.framePayload(settings.limits)))
            if let model = models[round]?.frames(chunkSize: size) { send(model, on: link) }
        }
        let scenario = context.scenario
        let deadline = driver.current?.deadline ?? scenario.network.deadlines.round
        let most = Invitation.mostClients(framePayload: link.framePayload(settings.limits))
        tellBehaviours(of: attempts.map(\.client), on: link)
        // Clients that do partial work have settings of their own.
        let groups = Dictionary(grouping: attempts) { driver.training(of: $0.client, in: round) }
        for (training, attempts) in groups.sorted(by: { $0.key.localEpochs > $1.key.localEpochs }) {
            for start in stride(from: 0, to: attempts.count, by: most) {
                link.send(
                    .invitation(
                        Invitation(
                            round: round, settings: training, codec: scenario.network.upload.codec,
                            deadlineMilliseconds: UInt32(clamping: deadline.milliseconds),
                            clients: Array(attempts[start..<min(start + most, attempts.count)]))))
            }
        }
    }

    /// Tells a worker which of its clients are to misbehave.
    private func tellBehaviours(of clients: [ClientID], on link: WorkerLink) {
        let behaviours = driver.current?.behaviours ?? []
        guard !behaviours.isEmpty else { return }
        let invited = Set(clients)
        for behaviour in behaviours {
            let hostile = behaviour.clients.filter { invited.contains($0) }
            let most = HostileClients.mostClients(
                framePayload: link.framePayload(settings.limits), known: behaviour.known.count)
            for start in stride(from: 0, to: hostile.count, by: most) {
                var part = behaviour
                part.clients = Array(hostile[start..<min(start + most, hostile.count)])
                link.send(.hostileClients(HostileClients(part)))
            }
        }
    }

    /// Sends a worker the round's model, or what it lacks of it.
    private func send(_ model: EncodedModel, on link: WorkerLink) {
        guard let held = link.takeHeld(), let rest = model.rest(after: held) else {
            return link.connection.send(model.frames)
        }
        link.connection.send(rest)
        ledger.journal.note(
            "model_resumed", round: model.header.round, peer: link.connection.peer,
            "\(link.hello.workerName) had \(held.offset) of \(held.header.byteCount) bytes")
    }

    // MARK: Its updates

    /// What becomes of an update with this key, asked before its bytes are received.
    ///
    /// - Throws: a ``WireError`` when the client is not the worker's.
    func disposition(of key: UpdateKey, from link: WorkerLink) throws(WireError) -> UpdateDisposition {
        try requireHost(of: key, link)
        return driver.disposition(of: key)
    }

    /// Takes a whole update in; the answer for the worker. Waits while a model is made of those before it.
    func take(_ update: ReceivedUpdate, from link: WorkerLink) async throws(WireError) -> Receipt {
        while driver.isFull, !isOver { await withCheckedContinuation { waiting.append($0) } }
        let key = update.header.key
        try requireHost(of: key, link)
        let (answer, actions) = driver.take(
            update, worker: link.hello.workerName, ownData: link.hello.ownData, peer: link.connection.peer)
        perform(actions)
        return switch answer {
        case .accepted: Receipt(key: key, outcome: .accepted)
        case .unwanted(let disposition): refuse(key, disposition, link)
        case .rejected(let reason): Receipt(key: key, outcome: .rejected, text: reason)
        }
    }

    /// Lets updates be taken again that have waited.
    func releaseWaiting() {
        guard !driver.isFull || isOver else { return }
        for update in waiting { update.resume() }
        waiting = []
    }

    /// Answers an update that is not wanted.
    func refuse(_ key: UpdateKey, _ disposition: UpdateDisposition, _ link: WorkerLink) -> Receipt {
        ledger.journal.note(
            "update_\(disposition)", round: key.round, client: key.client, peer: link.connection.peer, "\(key)")
        return switch disposition {
        case .duplicate: Receipt(key: key, outcome: .duplicate, text: "the client's update is in already")
        case .late: Receipt(key: key, outcome: .late, text: "the round no longer waits for this client")
        case .uninvited, .wanted: Receipt(key: key, outcome: .rejected, text: "the client was not invited like this")
        }
    }

    /// An update comes that was trained for an earlier attempt, from byte `offset` on.
    nonisolated func noteAgain(_ header: UpdateHeader, from offset: UInt64, _ link: WorkerLink) {
        ledger.journal.note(
            offset > 0 ? "update_resumed" : "update_sent_again", round: header.key.round, client: header.key.client,
            peer: link.connection.peer,
            "attempt \(header.key.attempt) sends what was trained before, from byte \(offset) of \(header.byteCount)")
    }

    /// The client cannot give an update, or gave one that is not fit to be used.
    func fail(_ key: UpdateKey, _ reason: FailureReason, _ detail: String, _ link: WorkerLink) {
        perform(
            driver.fail(key, reason, detail, worker: link.hello.workerName, peer: link.connection.peer))
    }

    private func requireHost(of key: UpdateKey, _ link: WorkerLink) throws(WireError) {
        guard roster.host(of: key.client) == link.id else {
            throw WireError(.clientUnavailable, "client \(key.client) is not hosted by this worker")
        }
    }

    // MARK: Its end

    private func endCollection(_ closure: CohortOutcome) {
        let round = closure.round
        explainAbsences(closure)
        // Clients that do not wait for each other go on.
        guard driver.ongoingTrainings == nil else { return }
        partialUpdates.close(round)
        models = [:]
        for link in links.values where link.holdsModel(of: round) {
            link.send(.roundClosed(RoundClosed(round: round)))
        }
    }

    /// Nobody trains any more from a model before this round's.
    private func closeRounds(before round: UInt32) {
        models = models.filter { $0.key >= round }
        guard round > 1, !partialUpdates.isClosed(round - 1) else { return }
        partialUpdates.close(round - 1)
        for link in links.values where link.hasHadModel { link.send(.roundClosed(RoundClosed(round: round - 1))) }
    }

    /// Makes the round's model; evaluation and commit follow in ``complete(_:)``, beside the next round.
    func aggregate(_ closure: CohortOutcome) async throws {
        guard var aggregation = driver.beginAggregation(closure) else { return }
        perform(driver.endAggregation(try await aggregation.run()))
    }

    /// Evaluates and commits a round.
    func complete(_ closed: AggregatedRound) async throws {
        if let end = try await ledger.complete(closed) { handle(.endReached(end)) }
        handle(.roundCommitted(round: closed.closure.round))
    }

    // MARK: The end of the run

    func dismissWorkers(_ reason: Goodbye.Reason, _ text: String) {
        for link in links.values { link.close(.goodbye(Goodbye(reason: reason, text: text))) }
    }
}
