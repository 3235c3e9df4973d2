import Datasets
import Diagnostics
import Federation
import Foundation
import Learning
import NIOCore
import Parameters
import RunStore
import Scenarios
import Transport
import Wire

// The round machine's directives, carried out.
extension RunCoordinator {
    func handle(_ event: RoundEvent) {
        perform(machine.handle(event))
    }

    func perform(_ directives: [RoundDirective]) {
        var invitations: [WireIdentifier: [Invitation.ClientAttempt]] = [:]
        for directive in directives {
            switch directive {
            case .openRound(let round, let cohort):
                open(round, cohort)
            case .invite(let key):
                guard let host = roster.host(of: key.client) else { continue }
                invitations[host, default: []].append(.init(client: key.client, attempt: key.attempt))
                if key.attempt > 1 {
                    note("invited_again", round: key.round, client: key.client, "attempt \(key.attempt)")
                }
            case .startAbsenceDeadline(let client, let absence):
                wait(.absence(client), context.scenario.network.absenceDeadline) {
                    await $0.absencePassed(client, absence: absence)
                }
            case .include:
                current?.reported += 1
                reportSettled()
            case .discard:
                // `take(_:parameters:from:)` asks for the disposition first and answers the worker itself.
                break
            case .closeRound(let closure):
                endCollection(of: closure.round)
                addJob.yield(.aggregate(closure))
            case .abandonRound(let closure):
                endCollection(of: closure.round)
                abandon(closure)
            case .finish(let outcome):
                isOver = true
                deadlines.callOffAll()
                addJob.yield(.finish(outcome))
            }
        }
        for (worker, attempts) in invitations { invite(attempts, on: worker) }
    }

    /// Sets a deadline; `then` runs when it passes.
    func wait(
        _ subject: Deadlines.Subject, _ duration: Duration, then: @escaping @Sendable (RunCoordinator) async -> Void
    ) {
        guard !isOver else { return }
        addJob.yield(.wait(deadlines.set(subject, duration), then: then))
    }

    /// Puts an event into the record.
    func note(_ kind: String, round: UInt32? = nil, client: ClientID? = nil, peer: String? = nil, _ text: String) {
        addEvent.yield(
            EventRecord(
                at: settings.now(), round: round.map(Int.init), client: client, peer: peer, kind: kind, text: text))
    }

    // MARK: The beginning of a round

    private func open(_ round: UInt32, _ cohort: [ClientID]) {
        let start = ContinuousClock.now
        if round == 1 {
            deadlines.callOff(.joining)
            sum = WeightedSum(layout: context.model.layout, population: max(1, examples.values.reduce(0, +)))
        }
        var opened = RoundInProgress(
            round: round, cohort: cohort, startedAt: settings.now(), start: start, sentBefore: traffic.sent,
            receivedBefore: traffic.received)
        // The frames that most workers take are made here, so that the record can tell what it costs.
        _ = opened.model(of: global, chunkSize: settings.limits.chunkSize)
        opened.selectDuration = ContinuousClock.now - start
        current = opened
        wait(.round, context.scenario.network.roundDeadline) { await $0.handle(.roundDeadlinePassed(round: round)) }
        report(.roundOpened(round: Int(round), cohort: cohort.count))
    }

    private func invite(_ attempts: [Invitation.ClientAttempt], on worker: WireIdentifier) {
        guard let link = links[worker], let round = current?.round else { return }
        if !link.holdsModel(of: round) {
            link.sends(modelOf: round)
            let size = Int(settings.limits.agreedChunkSize(framePayload: link.framePayload(settings.limits)))
            if let model = current?.model(of: global, chunkSize: size) { link.connection.send(model.frames) }
        }
        let scenario = context.scenario
        let deadline = scenario.network.roundDeadline
        for start in stride(from: 0, to: attempts.count, by: WireLimits.clientsPerMessage) {
            let end = min(start + WireLimits.clientsPerMessage, attempts.count)
            link.send(
                .invitation(
                    Invitation(
                        round: round, settings: scenario.train, codec: .f32,
                        deadlineMilliseconds: UInt32(clamping: deadline.milliseconds),
                        clients: Array(attempts[start..<end]))))
        }
    }

    // MARK: Its updates

    /// What becomes of an update with this key, asked before its bytes are received.
    ///
    /// - Throws: a ``WireError`` when the client is not the worker's.
    func disposition(of key: UpdateKey, from link: WorkerLink) throws(WireError) -> UpdateDisposition {
        try requireHost(of: key, link)
        return machine.disposition(of: key)
    }

    /// Takes a whole update in; the answer for the worker.
    func take(_ update: ReceivedUpdate, from link: WorkerLink) throws(WireError) -> Receipt {
        let key = update.header.key
        try requireHost(of: key, link)
        let disposition = machine.disposition(of: key)
        guard disposition == .wanted else { return refuse(key, disposition, link) }
        do {
            let count = Int(update.header.examples)
            guard count == examples[key.client] else {
                throw Problem(
                    .data, "the update claims \(count) examples, the client has \(examples[key.client] ?? 0)")
            }
            try sum?.add(update.parameters, examples: count)
        } catch {
            fail(key, .rejected, "\(error)", link)
            return Receipt(key: key, outcome: .rejected, text: "\(error)")
        }
        current?.clients[key.client] = update.record(worker: link.hello.workerName)
        handle(.updateArrived(key))
        return Receipt(key: key, outcome: .accepted)
    }

    /// Answers an update that is not wanted.
    func refuse(_ key: UpdateKey, _ disposition: UpdateDisposition, _ link: WorkerLink) -> Receipt {
        note("update_\(disposition)", round: key.round, client: key.client, peer: link.connection.peer, "\(key)")
        return switch disposition {
        case .duplicate: Receipt(key: key, outcome: .duplicate, text: "the client's update is in already")
        case .late: Receipt(key: key, outcome: .late, text: "the round no longer waits for this client")
        case .uninvited, .wanted: Receipt(key: key, outcome: .rejected, text: "the client was not invited like this")
        }
    }

    /// The client cannot give an update, or gave one that is not fit to be used.
    func fail(_ key: UpdateKey, _ reason: FailureReason, _ detail: String, _ link: WorkerLink) {
        guard machine.waits(for: key) else { return }
        current?.clients[key.client] = ClientRoundRecord(
            client: key.client, attempt: Int(key.attempt), status: .failed, reason: reason.rawValue, detail: detail,
            worker: link.hello.workerName)
        current?.failed += 1
        note("update_\(reason)", round: key.round, client: key.client, peer: link.connection.peer, detail)
        report(.incident("\(key) \(reason.rawValue): \(detail)"))
        handle(.updateFailed(key, reason))
        reportSettled()
    }

    private func requireHost(of key: UpdateKey, _ link: WorkerLink) throws(WireError) {
        guard roster.host(of: key.client) == link.id else {
            throw WireError(.clientUnavailable, "client \(key.client) is not hosted by this worker")
        }
    }

    func reportSettled() {
        guard let current else { return }
        report(
            .clientSettled(
                round: Int(current.round), reported: current.reported, failed: current.failed,
                cohort: current.cohort.count))
    }

    // MARK: Its end

    private func endCollection(of round: UInt32) {
        deadlines.callOff(.round)
        for link in links.values where link.holdsModel(of: round) {
            link.send(.roundClosed(RoundClosed(round: round)))
        }
    }

    /// Makes the round's model; evaluation and commit follow in ``complete(_:)``, beside the next round.
    func aggregate(_ closure: RoundClosure) {
        guard var round = current, let sum else { return }
        let collected = ContinuousClock.now
        // Workers are told the digest, and the record.
        global = strategy.step(global: global, mean: sum.mean()).rememberingDigest()
        let aggregated = ContinuousClock.now
        round.forgetModels()
        addClosed.yield(
            ClosedRound(
                round: round, closure: closure, model: global, examples: sum.examples,
                bytesSent: traffic.sent - round.sentBefore, bytesReceived: traffic.received - round.receivedBefore,
                collectDuration: collected - round.start - round.selectDuration,
                aggregateDuration: aggregated - collected))
        self.sum?.reset()
        current = nil
        handle(.roundAggregated(round: closure.round))
    }

    /// Evaluates and commits a round.
    func complete(_ closed: ClosedRound) async throws {
        let start = ContinuousClock.now
        let evaluation = try await threads.evaluate(closed.model, on: context.dataset.test)
        let record = closed.record(
            evaluation, evaluateDuration: ContinuousClock.now - start, committedAt: settings.now())
        try await store.commit(record, clients: closed.clients, model: closed.model, of: identity)
        roundsCommitted += 1
        lastAccuracy = evaluation.accuracy
        lastDigest = record.modelDigest
        report(
            .roundCommitted(
                .init(
                    round: record.round, testAccuracy: evaluation.accuracy, testLoss: evaluation.loss,
                    trainLoss: record.trainLoss, reported: record.clientsReported, failed: record.clientsFailed,
                    bytesSent: closed.bytesSent, bytesReceived: closed.bytesReceived,
                    seconds: (ContinuousClock.now - closed.round.start).seconds,
                    modelDigest: record.modelDigest.description)))
        if let target = context.scenario.target, evaluation.accuracy >= target.accuracy { handle(.targetReached) }
        handle(.roundCommitted(round: closed.closure.round))
    }

    private func abandon(_ closure: RoundClosure) {
        for failure in closure.failed {
            let detail = current?.clients[failure.key.client]?.detail.map { ": \($0)" } ?? ""
            note(
                "abandoned", round: closure.round, client: failure.key.client,
                "\(failure.reason.rawValue)\(detail)")
        }
        note(
            "round_abandoned", round: closure.round,
            "\(closure.reported.count) reported, \(closure.failed.count) did not")
        sum?.reset()
        current = nil
    }

    // MARK: The end of the run

    func finish(_ outcome: RunOutcome, after duration: Duration) async throws {
        let status = outcome.status
        try await store.finish(identity, status: status, message: outcome.message, at: settings.now())
        dismissWorkers(outcome.goodbye, outcome.message ?? "the run is finished")
        report(
            .finished(
                .init(
                    status: status.rawValue, message: outcome.message, roundsCommitted: roundsCommitted,
                    testAccuracy: lastAccuracy, modelDigest: lastDigest.description, bytesSent: traffic.sent,
                    bytesReceived: traffic.received, seconds: duration.seconds)))
    }

    func dismissWorkers(_ reason: Goodbye.Reason, _ text: String) {
        for link in links.values { link.close(.goodbye(Goodbye(reason: reason, text: text))) }
    }
}
