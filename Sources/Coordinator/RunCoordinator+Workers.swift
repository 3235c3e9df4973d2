import Datasets
import Federation
import Identity
import Learning
import Logging
import Parameters
import RunStore
import Runs
import Scenarios
import Settings
public import Transport
package import Wire

// Workers come, are given clients, and go.
extension RunCoordinator {
    /// Serves one connection from its first message to its end.
    ///
    /// - Throws: a ``WireError`` for what the peer did wrong; the connection sends it to the peer.
    public nonisolated func serve(_ connection: PeerConnection, _ inbox: Inbox) async throws {
        connection.expect(.greeting, within: settings.limits.greetingTimeout, since: connection.start)
        var session = CoordinatorSession()
        var messages = inbox.makeAsyncIterator()
        var link: WorkerLink?
        do {
            guard let first = try await messages.next() else {
                if let failure = connection.failure { throw failure }
                return
            }
            try session.receive(first)
            guard case .hello(let hello) = first else { return }
            let admission = Admission(connection: connection, run: runIdentifier, tokens: settings.tokens?.latest)
            let allowed = try await admission.clients(of: hello, &session, &messages)
            connection.met(.greeting)
            let accepted = WorkerLink(
                connection: connection, hello: hello, allowed: allowed, tokens: admission.tokens, session: session)
            try await welcome(accepted)
            link = accepted
            let receiver = UpdateReceiver(coordinator: self, link: accepted)
            defer { receiver.end() }
            while let message = try await messages.next() {
                // What still comes after a farewell is of no interest.
                guard !accepted.isClosed else { continue }
                try accepted.receive(message)
                switch message {
                case .modelHeld(let held): accepted.holds(held)
                case .ready(let ready): try await self.ready(ready, accepted)
                case .goodbye(let goodbye): await takeLeave(of: accepted, because: goodbye.text)
                case .error(let error): await takeLeave(of: accepted, because: error.text)
                default: try await receiver.take(message)
                }
            }
            await left(accepted, because: connection.failure?.text ?? "the connection was closed")
        } catch {
            let failure = connection.failure ?? error as? WireError
            if let link {
                await left(link, because: failure?.text ?? ConnectionTrouble.describe(error))
            } else if let failure {
                await refused(connection.peer, failure)
            }
            throw failure ?? error
        }
    }

    /// Notes that a connection was turned away.
    package func refused(_ peer: String, _ failure: WireError) {
        guard !isOver, let text = ledger.journal.note("refused", peer: peer, failure.text) else { return }
        logger.warning("connection refused", metadata: ["peer": "\(peer)", "reason": "\(text)"])
        ledger.report(.incident("connection from \(peer) refused: \(text)"))
    }

    /// Gives the worker its clients, at once or, if it wants a share, when the shares are dealt.
    private func welcome(_ link: WorkerLink) throws(WireError) {
        guard !isOver else { throw WireError(.clientUnavailable, "the run is over") }
        let strategy = context.scenario.strategy.name
        guard link.hello.strategies.contains(strategy) else {
            throw WireError(.unsupportedStrategy, "the worker does not know the run's strategy \(strategy)")
        }
        try checkBehaviours(link.hello)
        guard !context.scenario.evaluation.isOn || link.hello.capabilities.contains(.evaluation) else {
            throw WireError(
                .unsupportedEvaluation,
                "clients of the run evaluate models on examples that they hold out, which the worker cannot")
        }
        let codecs = [context.scenario.network.upload.codec, context.scenario.network.download.codec]
        if let codec = codecs.first(where: { !link.hello.codecs.contains($0.rawValue) }) {
            throw WireError(.unsupportedCodec, "the worker does not know the codec \(codec), which the run needs")
        }
        if let older = links[link.id] {
            // Who has overheard another's id must not be able to push it out.
            guard older.allowed == link.allowed else {
                throw WireError(.clientForbidden, "another worker has the id of this one")
            }
            older.close(
                .error(ErrorMessage(WireError(.connectionReplaced, "the worker has opened another connection"))))
            left(older, because: "it opened another connection")
        }
        let allowed = link.allowed
        switch link.hello.hosting {
        case .clients(let clients): seat(link, try roster.assign(clients, to: link.id, of: allowed))
        case .count(let count): seat(link, try roster.assign(count: Int(count), to: link.id, of: allowed))
        case .share:
            try roster.requireSome(of: allowed)
            links[link.id] = link
            if let clients = roster.restore(link.id, of: allowed) {
                seat(link, clients)
            } else {
                sharers.append(link.id)
                wait(.sharing, settings.shareWindow) { await $0.dealShares() }
            }
        }
    }

    /// Whether the worker's clients can misbehave as the scenario wants them to.
    private func checkBehaviours(_ hello: Hello) throws(WireError) {
        let behaviours = context.scenario.behaviours
        guard !behaviours.isEmpty else { return }
        guard hello.capabilities.contains(.behaviours) else {
            throw WireError(
                .unsupportedBehaviour,
                "clients of the run misbehave (\(behaviours[0].choice.name)), which the worker cannot")
        }
        if hello.ownData, let rule = behaviours.first(where: { $0.choice.make().knowledge != nil }) {
            throw WireError(
                .dataMismatch,
                "attackers of the run (\(rule.choice.name)) know other clients' updates, which nobody can make again from "
                    + "data of a client's own",
                remedy: "Start the worker without data of its own, or the run without this behaviour.")
        }
    }

    private func dealShares() {
        dealFresh()
        guard !sharers.isEmpty else { return }
        // A worker that was killed and started again is a new one; what it had is dealt before its absence is over.
        for worker in sharers { roster.expireAll(of: links[worker]?.allowed) }
        dealFresh()
    }

    private func dealFresh() {
        let dealt = roster.deal(among: sharers.map { Roster.Claim(worker: $0, allowed: links[$0]?.allowed) })
        let served = Set(dealt.map(\.worker))
        sharers.removeAll { served.contains($0) }
        for (worker, clients) in dealt {
            if let link = links[worker] { seat(link, clients) }
        }
    }

    private func seat(_ link: WorkerLink, _ clients: [ClientID]) {
        links[link.id] = link
        link.connection.endGreeting()
        let scenario = context.scenario
        let framePayload = link.framePayload(settings.limits)
        let dataset = context.dataset
        link.send(
            .welcome(
                Welcome(
                    capabilities: link.hello.capabilities.intersection(.known), run: runIdentifier, seed: scenario.seed,
                    maxFramePayload: framePayload,
                    chunkSize: settings.limits.agreedChunkSize(framePayload: framePayload),
                    heartbeatMilliseconds: UInt32(clamping: settings.limits.heartbeat.milliseconds),
                    model: context.model.name, layout: context.model.layout, dataset: dataset.kind,
                    datasetDigest: dataset.digest, trainCount: UInt32(dataset.train.count),
                    classes: UInt16(dataset.train.classes), kernels: scenario.kernels,
                    partition: scenario.partition, strategy: scenario.strategy, population: UInt32(scenario.clients),
                    assigned: clients, evaluation: scenario.evaluation,
                    devices: context.fleet.hosted(clients, elapsed: ledger.elapsed))))
        if !scenario.devices.isEmpty, !link.hello.capabilities.contains(.devices) {
            ledger.journal.note(
                "devices_ignored", peer: link.connection.peer,
                "\(link.hello.workerName) keeps to no device's pace: its clients are as fast as it is, and always there"
            )
        }
        let text = ledger.journal.note(
            "worker_joined", peer: link.connection.peer, source: Self.source(hosting: clients),
            "\(link.hello.workerName) (\(link.hello.software)) hosts \(clients.count) clients")
        if let text {
            logger.info("worker joined", metadata: ["peer": "\(link.connection.peer)", "worker": "\(text)"])
        }
    }

    /// Who causes the events of a worker: it may take any name, and many share an address, but it hosts its clients alone.
    private static func source(hosting clients: [ClientID]) -> String? {
        clients.first.map { "the worker of client \($0)" }
    }

    /// The worker has its data.
    private func ready(_ ready: Ready, _ link: WorkerLink) throws(WireError) {
        if !link.hello.ownData, ready.dataDigest != context.dataset.digest {
            throw WireError(
                .dataMismatch,
                "the worker's data have the digest \(ready.dataDigest.short)…, the run's \(context.dataset.digest.short)…"
            )
        }
        guard let clients = link.collect(ready) else { return }
        let joinedBefore = driver.joinedClients
        var actions: [RoundDriver.Action] = []
        for item in clients {
            guard roster.host(of: item.client) == link.id else {
                throw WireError(.clientUnavailable, "client \(item.client) is not hosted by this worker")
            }
            let count = Int(item.examples)
            let dealt = context.partition.count(of: Int(item.client.rawValue))
            guard link.hello.ownData || count == dealt else {
                throw WireError(
                    .dataMismatch, "client \(item.client) says it has \(count) examples; it was dealt \(dealt)")
            }
            let known = driver.examples[item.client]
            guard known == nil || known == count else {
                throw WireError(
                    .dataMismatch, "client \(item.client) had \(known ?? 0) examples, now \(count)")
            }
            guard link.hello.ownData || !driver.ownDataClients.contains(item.client) else {
                throw WireError(
                    .dataMismatch,
                    "client \(item.client) has taken part with data of its own, and this worker has the run's for it")
            }
            guard known != nil || count <= WeightedSum.largestPopulation - driver.population else {
                throw WireError(
                    .dataMismatch,
                    "client \(item.client) says it has \(count) examples; with the other clients' \(driver.population) "
                        + "that is more than \(WeightedSum.largestPopulation), which is more than a run can have")
            }
            actions += driver.join(item.client, examples: count, ownData: link.hello.ownData)
        }
        if driver.joinedClients > joinedBefore {
            ledger.report(.joined(clients: driver.joinedClients, of: context.scenario.clients))
        }
        perform(actions)
    }

    /// The worker has said that it goes: this side closes the connection, whether the other does or not.
    private func takeLeave(of link: WorkerLink, because reason: String) {
        left(link, because: reason)
        link.connection.close()
    }

    /// The worker is gone.
    func left(_ link: WorkerLink, because reason: String) {
        guard links[link.id] === link else { return }
        links[link.id] = nil
        sharers.removeAll { $0 == link.id }
        let clients = roster.release(link.id)
        if links.isEmpty { deadlines.callOff(.farewells) }
        guard !isOver else { return }
        let text = ledger.journal.note(
            "worker_left", round: driver.current?.round, peer: link.connection.peer,
            source: Self.source(hosting: clients),
            "\(link.hello.workerName): \(reason)")
        if let text {
            // Where the scenario has devices come and go, that is no news.
            let isExpected = context.fleet.comesAndGoes
            logger.log(
                level: isExpected ? .info : .warning, "worker left",
                metadata: ["peer": "\(link.connection.peer)", "worker": "\(text)"])
            if !isExpected { ledger.report(.incident("worker left (\(link.connection.peer)), \(text)")) }
        }
        var actions: [RoundDriver.Action] = []
        for client in clients {
            partings[client] = Parting(worker: link.hello.workerName, reason: reason)
            // A place is kept for a client that was ready; the others were only promised.
            if driver.examples[client] == nil { roster.expire(client) }
            actions += driver.handle(.clientLeft(client))
        }
        perform(actions)
    }

    func absencePassed(_ deadline: Int, _ left: [AbsenceDeadlines.Absence]) {
        deadlines.callOff(.absence(deadline))
        for absence in absences.pass(deadline, left) {
            roster.expire(absence.client)
            handle(.timerFired(.absence(absence.client, absence: absence.number)))
        }
        if !sharers.isEmpty { dealShares() }
    }
}
