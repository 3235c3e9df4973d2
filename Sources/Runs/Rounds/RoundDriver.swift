import Datasets
import Diagnostics
public import Federation
public import Learning
public import Parameters
public import RunStore
import Scenarios
import Settings
import Wire

/// Carries out what the round machine directs, as far as it is the same wherever clients train: the sum of the updates, the
/// rows of the clients, the next model. What is left to the shell around it are the actions that it answers with: sending
/// the model, training or waiting, evaluation and commit.
///
/// One task at a time drives it: an actor of a networked run, the loop of a run in one process.
public struct RoundDriver: Sendable {
    /// What the shell has to do, in this order.
    public enum Action: Sendable {
        /// Make the round's model ready for its clients, and say so with ``RoundDriver/broadcastReady()``.
        case broadcast(Parts, round: UInt32)
        /// Have the client train.
        case invite(UpdateKey)
        /// Tell ``RoundEvent/timerFired(_:)`` when so much time is over.
        case startTimer(RoundTimer, Duration)
        /// Nobody waits for that any more.
        case stopTimer(RoundTimer)
        /// Nobody is waited for in this round any more.
        case endCollection(CohortOutcome)
        /// Call ``RoundDriver/beginAggregation(_:)``, run what it answers with, and hand that to
        /// ``RoundDriver/endAggregation(_:)``.
        case aggregate(CohortOutcome)
        /// Call ``RoundDriver/abandon(_:)``.
        case abandon(CohortOutcome)
        /// Evaluate and commit the round's model, rounds in their order, and tell ``RoundEvent/roundCommitted(round:)``.
        case complete(AggregatedRound)
        /// The run is over; no action follows.
        case finish(RunOutcome)
    }

    /// The bytes that went and came since the run began.
    public struct Traffic: Sendable {
        public let sent: Int
        public let received: Int

        public init(sent: Int, received: Int) {
            self.sent = sent
            self.received = received
        }
    }

    public let ledger: RunLedger
    private let traffic: @Sendable () -> Traffic
    /// Whether the time that clients take means anything.
    private let measuresTime: Bool
    private let needsExperience: Bool
    /// When the clients were invited that are waited for, for the first time to their round.
    private var invited: [ClientID: ContinuousClock.Instant] = [:]
    /// How long clients were waited for that have been given up one by one.
    private var waited: [ClientID: Double] = [:]
    private var machine: any RunMachine
    /// Made when the first round opens: how updates are summed depends on how many examples there are.
    private var global: GlobalModel?
    /// The round that is being collected.
    public private(set) var current: RoundInProgress?
    /// The rows of clients that failed between two rounds.
    private var failedBetween: [UpdateKey: ClientRoundRecord] = [:]
    /// The examples of each client that has ever joined.
    public private(set) var examples: [ClientID: Int] = [:]
    /// The examples of all of these together.
    public private(set) var population = 0
    /// The clients whose examples are their own; those of rounds in the record among them.
    public private(set) var ownDataClients: Set<ClientID>
    /// The last round of each client whose update counted, where clients remember something.
    private var stateRounds: [ClientID: UInt32]

    /// - Parameters:
    ///   - measuresTime: whether clients take the time that they would; not where they train as fast as this process can.
    ///   - traffic: the counters of whatever carries the messages.
    public init(ledger: RunLedger, measuresTime: Bool = true, traffic: @escaping @Sendable () -> Traffic) {
        self.ledger = ledger
        self.traffic = traffic
        self.measuresTime = measuresTime
        needsExperience = ledger.context.scenario.roundPlan.needsExperience
        machine = ledger.machine
        ownDataClients = ledger.ownDataClients
        stateRounds = ledger.base.clientStates
    }

    /// The clients that have joined so far, connected or not.
    public var joinedClients: Int { machine.joinedClients }

    /// Whether updates have to wait before they can be taken.
    public var isFull: Bool { machine.isFull }

    /// The first round from whose model clients may still train.
    public var oldestRound: UInt32 { machine.oldestRound }

    /// The clients that train and do not wait for each other; `nil` in rounds.
    public var ongoingTrainings: OngoingTrainings? { machine.ongoingTrainings }

    /// What would become of an update with this key if it arrived now.
    public func disposition(of key: UpdateKey) -> UpdateDisposition { machine.disposition(of: key) }

    /// The last round of the client whose update counted: what it remembered then is what it begins the next one with. 0 if
    /// there is none.
    public func stateRound(of client: ClientID) -> UInt32 { stateRounds[client] ?? 0 }

    /// How a client trains in a round that is being collected.
    public func training(of client: ClientID, in round: UInt32) -> TrainingSettings {
        ledger.context.scenario.training(in: round, epochs: current?.partialWork[client])
    }

    // MARK: What happens

    /// Something that concerns the machine alone has happened.
    public mutating func handle(_ event: RoundEvent) -> [Action] {
        if case .timerFired(.training(let client, _)) = event { waited[client] = secondsSinceInvitation(of: client) }
        return perform(machine.handle(event))
    }

    /// A client that trains in a run that goes on was invited at this time.
    public mutating func goOn(with client: ClientID, invited time: ContinuousClock.Instant) { invited[client] = time }

    /// The client is connected and has its examples.
    ///
    /// - Parameter ownData: whether the examples are its own.
    public mutating func join(_ client: ClientID, examples count: Int, ownData: Bool = false) -> [Action] {
        if examples.updateValue(count, forKey: client) == nil { population += count }
        if ownData { ownDataClients.insert(client) }
        return handle(.clientJoined(client, examples: count))
    }

    /// The round's model is ready to be sent.
    public mutating func broadcastReady() {
        guard let start = current?.start else { return }
        let duration = ledger.clock.now() - start
        current?.selectDuration = duration
    }

    /// Takes in a whole update; not while the machine ``isFull``.
    ///
    /// - Parameters:
    ///   - worker: who hosts the client.
    ///   - peer: the worker's address, if it has one.
    /// - Returns: what became of the update, with the reason if it was refused, and what is to be done.
    public mutating func take(
        _ update: ReceivedUpdate, worker: String, ownData: Bool = false, peer: String? = nil
    ) -> (answer: Answer, actions: [Action]) {
        let key = update.header.key
        let disposition = machine.disposition(of: key)
        guard disposition == .wanted else { return (.unwanted(disposition), []) }
        let parts: Parts
        do {
            parts = try check(update)
        } catch {
            return (.rejected("\(error)"), fail(key, .rejected, "\(error)", worker: worker, peer: peer))
        }
        var row = update.record(worker: worker, ownData: ownData)
        row.seconds = secondsSinceInvitation(of: key.client)
        current?.clients[key] = row
        if needsExperience, let round = current?.round {
            _ = machine.handle(
                .experienced(key.client, Experience(round: round, loss: row.loss, seconds: row.seconds)))
        }
        if update.header.stateRound != stateRound(of: key.client) {
            ledger.journal.note(
                "state_missing", round: key.round, client: key.client, peer: peer,
                "\(worker) has not what the client remembers of round \(stateRound(of: key.client)), so that it began "
                    + "without")
        }
        return (.accepted, perform(machine.handle(.updateArrived(key)), (parts, Int(update.header.examples))))
    }

    private func secondsSinceInvitation(of client: ClientID) -> Double? {
        measuresTime ? invited[client].map { (ledger.clock.now() - $0).seconds } : nil
    }

    /// What became of an update.
    public enum Answer: Sendable, Hashable {
        case accepted
        case unwanted(UpdateDisposition)
        /// It is not fit to be used; why.
        case rejected(String)
    }

    /// - Returns: what is to be included.
    private func check(_ update: ReceivedUpdate) throws -> Parts {
        let count = Int(update.header.examples)
        let known = examples[update.header.key.client] ?? 0
        guard count == known else {
            throw Problem(.data, "the update claims \(count) examples, the client has \(known)")
        }
        let stateRound = update.header.stateRound
        guard stateRound == 0 || stateRound == self.stateRound(of: update.header.key.client) else {
            throw Problem(
                .data, "the update begins with the client's state of round \(stateRound), which is not its last")
        }
        let parts = try global?.check(update.parts, examples: count)
        if let heldOut = ledger.context.heldOut, let found = try HeldOutResult(update.parts)?.examples,
            !ownDataClients.contains(update.header.key.client)
        {
            let dealt = heldOut.count(of: Int(update.header.key.client.rawValue))
            guard found == dealt else {
                throw Problem(.data, "the client evaluates \(found) examples, and holds \(dealt) out")
            }
        }
        return parts ?? update.parts
    }

    /// The client cannot give an update, or gave one that is not fit to be used.
    ///
    /// - Parameters:
    ///   - detail: what is known of the reason, for people.
    ///   - worker: who hosts the client.
    public mutating func fail(
        _ key: UpdateKey, _ reason: FailureReason, _ detail: String, worker: String, peer: String? = nil
    ) -> [Action] {
        guard machine.waits(for: key) else { return [] }
        note(.init(failed: key, reason, detail, worker: worker), of: key)
        current?.failed += 1
        // That a client is left out was said once, of the whole run.
        if reason != .excluded {
            let text = ledger.journal.note(
                "update_\(reason)", round: key.round, client: key.client, peer: peer, detail)
            // Others that fail for the same reason are counted at the end of the round.
            if let text, current?.toldReasons.insert(reason).inserted == true {
                ledger.report(.incident("\(key) \(reason.rawValue): \(text)"))
            }
        }
        let actions = handle(.updateFailed(key, reason))
        reportSettled()
        return actions
    }

    /// Whether it is known what has become of a client in the round that is being collected.
    public func isExplained(_ key: UpdateKey) -> Bool { current?.clients[key] != nil }

    /// Notes why a client that has not said so itself is missing in the round that is being collected.
    public mutating func explain(_ absence: ClientRoundRecord, of key: UpdateKey) {
        current?.clients[key] = absence
    }

    private mutating func note(_ failure: ClientRoundRecord, of key: UpdateKey) {
        if current == nil { failedBetween[key] = failure } else { current?.clients[key] = failure }
    }

    // MARK: What is to be done

    /// - Parameter update: the one that the directives are about, as it was checked.
    private mutating func perform(
        _ directives: [RoundDirective], _ update: (parts: Parts, examples: Int)? = nil
    ) -> [Action] {
        let dropsPartialWork = ledger.context.scenario.partialWork.updates == .dropped
        var actions: [Action] = []
        actions.reserveCapacity(directives.count)
        var stragglers: [UpdateKey] = []
        for directive in directives {
            switch directive {
            case .openRound(let round, let cohort):
                actions.append(.broadcast(open(round, cohort), round: round))
            case .invite(let key):
                if key.attempt == 1 { invited[key.client] = ledger.clock.now() }
                if dropsPartialWork, current?.partialWork[key.client] != nil {
                    stragglers.append(key)
                } else {
                    actions.append(.invite(key))
                }
            case .startTimer(let timer, let duration):
                if case .round = timer { current?.deadline = duration }
                actions.append(.startTimer(timer, duration))
            case .stopTimer(let timer):
                actions.append(.stopTimer(timer))
            case .include(let key):
                if let update, let current {
                    global?.include(
                        checked: update.parts, of: key.client, examples: update.examples,
                        staleness: Int(current.round - key.round))
                }
                current?.reported += 1
                reportSettled()
            case .discard:
                // An update that is not wanted is not handed to the machine.
                break
            case .closeRound(let closure):
                tellFailures(closure)
                noteLate(closure)
                actions += [.endCollection(closure), .aggregate(closure)]
            case .abandonRound(let closure):
                tellFailures(closure)
                noteLate(closure)
                actions += [.endCollection(closure), .abandon(closure)]
            case .finish(let outcome):
                actions.append(.finish(outcome))
            }
        }
        for key in stragglers { actions += drop(key) }
        return actions
    }

    /// Goes on without a client that does less than it is asked for.
    private mutating func drop(_ key: UpdateKey) -> [Action] {
        let epochs = training(of: key.client, in: key.round).localEpochs
        let detail = "it does \(epochs) of \(ledger.context.scenario.train.localEpochs) epochs"
        current?.clients[key] = .init(failed: key, .straggler, detail, worker: nil)
        current?.failed += 1
        let actions = handle(.updateFailed(key, .straggler))
        reportSettled()
        return actions
    }

    /// Takes note of how long clients were waited for that are late.
    private mutating func noteLate(_ closure: CohortOutcome) {
        for failure in closure.failed where failure.reason == .deadline {
            let client = failure.key.client
            guard let seconds = waited.removeValue(forKey: client) ?? secondsSinceInvitation(of: client) else {
                continue
            }
            current?.waited[failure.key] = seconds
            guard needsExperience else { continue }
            _ = machine.handle(.experienced(client, Experience(round: closure.round, seconds: seconds)))
        }
    }

    /// Why a client is missing, where the reason alone says it.
    public func detail(of failure: CohortOutcome.Failure, in round: UInt32) -> String? {
        switch failure.reason {
        case .deadline:
            let time = current?.waited[failure.key].map {
                " within \(Duration.milliseconds(Int64(($0 * 1000).rounded())).shortText)"
            }
            return "no update of attempt \(failure.key.attempt)\(time ?? "")"
        case .stale: return "its model was \(round - failure.key.round) models old"
        default: return nil
        }
    }

    /// Tells of those that fail as others did, once for all.
    private func tellFailures(_ closure: CohortOutcome) {
        guard closure.failures.contains(where: { $0.count > 1 && current?.toldReasons.contains($0.reason) == true })
        else { return }
        ledger.report(.incident("round \(closure.round): of its clients \(closure.failuresText)"))
    }

    private mutating func open(_ round: UInt32, _ cohort: [ClientID]) -> Parts {
        let global =
            self.global
            ?? GlobalModel(
                server: ledger.base.server, strategy: ledger.context.strategy, population: max(1, expectedPopulation),
                clients: ledger.context.scenario.clients, evaluation: ledger.context.scenario.evaluation,
                addsDifferences: ledger.context.receivesDifferences,
                storage: ledger.updateStorage)
        self.global = global
        let traffic = traffic()
        current = ledger.open(
            round, cohort: cohort, ownDataClients: ownDataClients.count, bytesSent: traffic.sent,
            bytesReceived: traffic.received)
        current?.clients = failedBetween
        failedBetween = [:]
        return global.broadcast
    }

    /// The examples of all clients of the run; those that have not joined have what they were dealt.
    private var expectedPopulation: Int {
        let context = ledger.context
        guard examples.count < context.scenario.clients else { return population }
        let missing = (0..<context.scenario.clients).filter { examples[ClientID(UInt32($0))] == nil }
        return population + missing.reduce(0) { $0 + context.partition.count(of: $1) }
    }

    /// Hands the round's updates out to make its model of them.
    public mutating func beginAggregation(_ closure: CohortOutcome) -> RoundAggregation? {
        guard let round = current, let global else { return nil }
        current = nil
        self.global = nil  // So that the sum is not copied.
        return RoundAggregation(round: round, closure: closure, global: global, traffic: traffic(), ledger: ledger)
    }

    /// Goes on with the round's model; evaluation and commit follow, beside the next round.
    public mutating func endAggregation(_ result: RoundAggregation.Result) -> [Action] {
        global = result.global
        let closure = result.closed.closure
        if ledger.context.strategy.parts.hasClientState {
            for key in closure.reported { stateRounds[key.client] = key.round }
        }
        let actions = handle(.roundAggregated(round: closure.round))
        var closed = result.closed
        closed.settledThrough = machine.oldestRound - 1
        return [.complete(closed)] + actions
    }

    /// Ends a round that has no model.
    public mutating func abandon(_ closure: CohortOutcome) {
        ledger.abandon(current, closure)
        global?.abandonRound()
        current = nil
    }

    private func reportSettled() {
        if let current { ledger.report(current.settled) }
    }
}
