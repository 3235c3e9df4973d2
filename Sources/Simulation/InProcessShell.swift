import Client
import Datasets
import DequeModule
import Federation
import Learning
import Parameters
import RunStore
import Runs
import Scenarios
import Synchronization
import Wire

/// What an ``InProcessRun`` keeps between two events: it tells the round machine what has happened and turns its
/// directives into pieces of work. One task drives it.
struct InProcessShell {
    enum Event: Sendable {
        case trained(ReceivedUpdate)
        /// The client cannot give an update, for a reason that people can read.
        case failed(UpdateKey, FailureReason, String)
        /// A training was given up, since nobody waits for it.
        case cancelled
        case completed(round: UInt32, end: RunEnd?)
        case stopRequested
        case journalWritten
    }

    typealias Work = @Sendable () async throws -> Event

    /// The worker that the record names.
    private static let worker = "in process"

    private let ledger: RunLedger
    private let threads: TrainingThreads
    private let training: ClientTraining
    private let known: @Sendable (UpdateKey) async throws -> ReceivedUpdate?
    private let codec: Codec
    /// Clients whose updates are left out.
    private let without: Set<ClientID>
    private var driver: RoundDriver
    /// What clients make of the global model's bytes, and how many these are, by the rounds from whose model clients train.
    private var broadcasts: [UInt32: (values: ParameterVector, byteCount: Int)] = [:]
    /// Only where clients remember something.
    private let states: ClientStates?
    /// Only where time is simulated, or somebody has to be first: with more clients selected than updates wanted, or none that wait
    /// for each other.
    private var simulation: SimulatedTime?
    private let wanted = WantedRounds()
    /// Why clients are gone whose time is simulated.
    private var departures: [ClientID: SimulatedTime.Departure] = [:]
    /// Clients that have been invited and do not train yet.
    private var invited = Deque<UpdateKey>()
    private var trainings = 0
    /// The round whose model is to be made.
    private var collected: RoundAggregation?
    /// Rounds that have not been evaluated and committed.
    private var closed = Deque<AggregatedRound>()
    private var isCompleting = false
    private var isJournalWritten = false
    private(set) var outcome: RunOutcome?
    private let traffic = Traffic()

    /// Encoded parameters alone: the model to each client of a cohort, and the updates.
    private final class Traffic: Sendable {
        let sent = Atomic<Int>(0)
        let received = Atomic<Int>(0)
    }

    /// The rounds that trainings are wanted for.
    private final class WantedRounds: Sendable {
        let first = Atomic<UInt32>(0)

        func contains(_ round: UInt32) -> Bool { round >= first.load(ordering: .relaxed) }
    }

    init(
        ledger: RunLedger, threads: TrainingThreads, states: ClientStates?, clock: VirtualClock?,
        known: @escaping @Sendable (UpdateKey) async throws -> ReceivedUpdate?
    ) {
        let context = ledger.context
        let scenario = context.scenario
        self.ledger = ledger
        self.threads = threads
        self.known = known
        training = context.clientTraining
        self.states = context.strategy.parts.hasClientState ? states : nil
        codec = scenario.network.upload.codec
        without = Set(ledger.base.branch?.without ?? [])
        driver = RoundDriver(ledger: ledger, measuresTime: clock != nil) { [traffic] in
            .init(sent: traffic.sent.load(ordering: .relaxed), received: traffic.received.load(ordering: .relaxed))
        }
        // Where somebody has to be first, it must not be the fastest thread.
        if clock != nil || scenario.selected > scenario.cohort || context.strategy.asynchrony != nil {
            simulation = SimulatedTime(context, clock: clock)
        }
    }

    /// Whether the run has come to its end, and all that it leaves is in the record.
    var isOver: Bool { outcome != nil && isJournalWritten }

    /// The clients are there; in simulated time those whose devices are.
    mutating func begin() throws {
        let clients = ledger.context.scenario.clients
        let timeline = ledger.base.timeline
        for (round, server) in ledger.base.earlier {
            let next = UInt32(round) + 1
            broadcasts[next] = try ledger.context.received(ledger.context.strategy.broadcast(server), round: next)
        }
        for work in timeline?.works ?? [] {
            guard let invited = work.invited, let elapsed = timeline?.elapsed else { continue }
            driver.goOn(with: work.key.client, invited: ledger.clock.now() - (elapsed - invited))
        }
        let standings = simulation?.begin(clients, from: timeline)
        for id in 0..<UInt32(clients) {
            let client = ClientID(id)
            switch standings?[Int(id)] ?? .present {
            case .present: try join(client)
            case .absent(let until): try joinAbsent(client, until: until)
            case .neverSeen: break
            }
        }
        ledger.report(.joined(clients: driver.joinedClients, of: clients))
        try perform(driver.handle(.runStarted))
    }

    private mutating func join(_ client: ClientID) throws {
        departures[client] = nil
        try perform(
            driver.join(client, examples: ledger.context.partition.count(of: Int(client.rawValue))))
    }

    /// A client has joined before the run was interrupted, and is away now.
    ///
    /// - Parameter until: when it is given up; `nil`: it has been.
    private mutating func joinAbsent(_ client: ClientID, until: Duration?) throws {
        try join(client)
        for case .startTimer(let timer, _) in driver.handle(.clientLeft(client)) {
            if let until {
                simulation?.start(timer, until: until)
            } else {
                try perform(driver.handle(.timerFired(timer)))
            }
        }
    }

    /// The bytes of encoded parameters that went to clients and came from them.
    var bytesSent: Int { traffic.sent.load(ordering: .relaxed) }
    var bytesReceived: Int { traffic.received.load(ordering: .relaxed) }

    // MARK: What happens

    mutating func take(_ event: Event) throws {
        switch event {
        case .trained(let update):
            trainings -= 1
            if simulation == nil {
                try takeIn(update)
            } else {
                simulation?.note(.update(update), of: update.header.key)
            }
        case .failed(let key, let reason, let detail):
            trainings -= 1
            if simulation == nil {
                try perform(driver.fail(key, reason, detail, worker: Self.worker))
            } else {
                simulation?.note(.failure(reason, detail), of: key)
            }
        case .cancelled:
            trainings -= 1
        case .completed(let round, let end):
            isCompleting = false
            if let end { try perform(driver.handle(.endReached(end))) }
            try perform(driver.handle(.roundCommitted(round: round)))
        case .stopRequested:
            try perform(driver.handle(.stopRequested))
        case .journalWritten:
            isJournalWritten = true
        }
    }

    private mutating func takeIn(_ update: ReceivedUpdate) throws {
        let (answer, actions) = driver.take(update, worker: Self.worker)
        if answer == .accepted { traffic.received.add(Int(clamping: update.header.byteCount), ordering: .relaxed) }
        try perform(actions)
    }

    /// Lets the next thing happen that time brings, if all that comes before it is done.
    ///
    /// - Returns: whether something has happened; if not, a piece of work has to end first.
    mutating func advanceTime() async throws -> Bool {
        // Models are made, evaluated and committed between two instants.
        guard outcome == nil, collected == nil, closed.isEmpty, !isCompleting, let happening = simulation?.advance()
        else { return false }
        switch happening {
        case .timer(let timer): try perform(driver.handle(.timerFired(timer)))
        case .arrived(let update):
            // Before it is taken: the round may be closed right after.
            try await ledger.keep(update)
            try takeIn(update)
        case .failed(let key, let reason, let detail):
            try perform(driver.fail(key, reason, detail, worker: Self.worker))
        case .joined(let client):
            let before = driver.joinedClients
            try join(client)
            if driver.joinedClients > before {
                ledger.report(.joined(clients: driver.joinedClients, of: ledger.context.scenario.clients))
            }
        case .left(let client, let departure):
            departures[client] = departure
            if departure != .switchedOff {
                ledger.journal.note(
                    "\(departure)", round: driver.current?.round, client: client, departure.text)
            }
            try perform(driver.handle(.clientLeft(client)))
        case .passed:
            break
        }
        return true
    }

    /// Notes of each client that is missing why, as far as it is known.
    private mutating func explainAbsences(_ closure: CohortOutcome) {
        guard simulation != nil else { return }
        for failure in closure.failed where !driver.isExplained(failure.key) {
            let detail =
                failure.reason == .disconnected
                ? departures[failure.key.client]?.text ?? "its device has not been on yet"
                : driver.detail(of: failure, in: closure.round)
            guard let detail else { continue }
            driver.explain(ClientRoundRecord(failed: failure.key, failure.reason, detail, worker: nil), of: failure.key)
        }
    }

    // MARK: What is to be done

    private mutating func perform(_ actions: [RoundDriver.Action]) throws {
        for action in actions {
            switch action {
            case .broadcast(let broadcast, let round):
                try open(round, broadcast)
            case .invite(let key):
                invite(key)
            case .endCollection(let closure):
                explainAbsences(closure)
                // Clients that do not wait for each other go on.
                guard driver.ongoingTrainings == nil else { continue }
                wanted.first.store(closure.round + 1, ordering: .relaxed)
                invited.removeAll()
                simulation?.endCollection()
            case .aggregate(let closure):
                collected = driver.beginAggregation(closure)
            case .abandon(let closure):
                driver.abandon(closure)
            case .complete(let round):
                closed.append(round)
            case .finish(let how):
                outcome = how
                wanted.first.store(.max, ordering: .relaxed)
                if how.isEnd { states?.removeAll() }
                ledger.journal.close()
            case .startTimer(let timer, let duration):
                // Without a simulation clients stay, and train as long as they need.
                simulation?.start(timer, duration)
            case .stopTimer(let timer):
                simulation?.stop(timer)
            }
        }
    }

    private mutating func invite(_ key: UpdateKey) {
        let isLeftOut = without.contains(key.client)
        let byteCount = broadcasts[key.round]?.byteCount ?? 0
        if !isLeftOut { traffic.sent.add(byteCount, ordering: .relaxed) }
        if simulation == nil {
            invited.append(key)
        } else if isLeftOut {
            simulation?.exclude(key)
        } else {
            let epochs = driver.training(of: key.client, in: key.round).localEpochs
            simulation?.invite(key, modelBytes: byteCount, epochs: epochs)
        }
    }

    private mutating func open(_ round: UInt32, _ broadcast: Parts) throws {
        let oldest = driver.oldestRound
        broadcasts = broadcasts.filter { $0.key >= oldest }
        broadcasts[round] = try ledger.context.received(broadcast, round: round)
        driver.broadcastReady()
        wanted.first.store(oldest, ordering: .relaxed)
    }

    /// Makes the model of a round whose updates are in.
    mutating func aggregate() async throws {
        guard var aggregation = collected.take() else { return }
        try perform(driver.endAggregation(try await aggregation.run()))
    }

    // MARK: Work

    /// The next piece of work that can be begun; its event is to be taken in.
    mutating func nextWork() -> Work? {
        if !isCompleting, let round = closed.popFirst() {
            isCompleting = true
            return complete(round)
        }
        // Two more than train: results are taken in and clients begun while all threads are busy. Each holds a model.
        guard trainings < threads.count + 2, let key = nextInvited() else {
            return nil
        }
        trainings += 1
        if without.contains(key.client) {
            return { .failed(key, .excluded, "the run leaves this client out") }
        }
        let isKnown = Int(key.round) == ledger.base.round + 1 && driver.ongoingTrainings == nil
        return isKnown ? findOrTrain(key) : train(key)
    }

    private mutating func nextInvited() -> UpdateKey? {
        simulation == nil ? invited.popFirst() : simulation?.nextToTrain()
    }

    private func findOrTrain(_ key: UpdateKey) -> Work {
        { [known, ledger, keepsAtOnce = simulation == nil, train = train(key)] in
            guard let update = try await known(key) else { return try await train() }
            if keepsAtOnce { try await ledger.keep(update) }
            return .trained(update)
        }
    }

    private func complete(_ round: AggregatedRound) -> Work {
        { [ledger, timeline = simulation?.recorded(driver.ongoingTrainings)] in
            .completed(
                round: round.closure.round, end: try await ledger.complete(round, timeline: timeline))
        }
    }

    private func train(_ key: UpdateKey) -> Work {
        let stateRound = driver.stateRound(of: key.client)
        let settings = driver.training(of: key.client, in: key.round)
        let behaviours = driver.current?.behaviours ?? []
        let values = broadcasts[key.round]?.values ?? ledger.base.server.values
        return {
            [
                ledger, threads, training, settings, behaviours, states, codec, wanted, values,
                keepsAtOnce = simulation == nil
            ] in
            do {
                let update = try await threads.run { trainer, isCancelled in
                    let update = try training.update(
                        key, from: values, settings: settings, behaviours: behaviours, stateRound: stateRound,
                        states: states, codec: codec, chunkSize: Int(WireLimits.default.chunkSize),
                        on: trainer,
                        isCancelled: { isCancelled() || !wanted.contains(key.round) })
                    return ReceivedUpdate(
                        header: update.header, parts: try update.decoded(), transferDuration: .zero)
                }
                if keepsAtOnce { try await ledger.keep(update) }
                return .trained(update)
            } catch TrainingFailure.cancelled {
                return .cancelled
            } catch TrainingFailure.diverged(let step) {
                return .failed(key, .diverged, TrainingFailure.diverged(step: step).text)
            }
        }
    }
}
