/// A run whose clients do not wait for each other, as a pure state machine (Nguyen et al. 2022, "Federated Learning with Buffered
/// Asynchronous Aggregation", Algorithm 1; with a buffer of one update Xie et al. 2019, "Asynchronous Federated Optimization").
///
/// So many clients train at any time. What one reports goes into a buffer, and another is invited in its place, with the newest model;
/// K updates make the next model, which is a round of the record. The round of an update's key is the one from whose model
/// it began: the difference to the round that it counts in is its staleness. What the papers leave open, because clients are real
/// processes:
/// - A client is invited with each model once at most, so that each update is another.
/// - One that loses its connection may come back within the absence deadline, and goes on from the model that it had; one that does not
///   report within a round's deadline, or falls more models behind than the scenario allows, is given up, and another invited.
/// - Where nobody is left to train from a model, the buffer closes with what it has, down to the scenario's minimum.
public struct BufferMachine: RunMachine, CourseMachine, Hashable {
    private enum Phase: Sendable, Hashable {
        case joining
        case filling
        /// The round's buffer is full; its model is being made, or the one before it committed.
        case closing(round: UInt32)
        /// No model follows; what is made is being committed.
        case ending(RunOutcome)
        case over
    }

    private struct Training: Sendable, Hashable {
        var key: UpdateKey
        var isAbsent = false
    }

    /// How a client's last training ended.
    private struct Settled: Sendable, Hashable {
        let key: UpdateKey
        let hasReported: Bool
    }

    let plan: RoundPlan
    private let asynchrony: Asynchrony
    private var phase = Phase.joining
    private(set) var presences = Presences()
    var course: RunCourse
    private var isStarted = false
    /// The timer runs that ends the wait for somebody who can train.
    private var isWaiting = false
    /// The clients that can be selected, ascending; settled when the first is.
    private var eligible: [ClientID] = []
    /// What is known of clients from their updates, where the plan needs it.
    var experiences: [ClientID: Experience]
    private var ongoing: [ClientID: Training] = [:]
    private var settled: [ClientID: Settled] = [:]
    /// How often clients have been chosen.
    private var draws: UInt32 = 0
    /// Of the buffer that is being filled.
    private var reported: [UpdateKey] = []
    private var failed: [CohortOutcome.Failure] = []

    /// - Parameters:
    ///   - committed: the rounds that the record has already; the run goes on with the next one.
    ///   - end: why the last of them is the run's last, whatever the plan's number of rounds; `nil` if it is not.
    ///   - experiences: what these rounds say of clients, where the plan needs it.
    ///   - resuming: the clients that trained after the last of them; `nil`: nobody does any more.
    public init(
        plan: RoundPlan, _ asynchrony: Asynchrony, committed: UInt32 = 0, end: RunEnd? = nil,
        experiences: [ClientID: Experience] = [:], resuming: OngoingTrainings? = nil
    ) {
        self.plan = plan
        self.experiences = experiences
        self.asynchrony = asynchrony
        course = RunCourse(committed: committed, end: end)
        guard let resuming else { return }
        draws = resuming.draws
        for training in resuming.trainings {
            ongoing[training.key.client] = Training(key: training.key, isAbsent: training.isAbsent)
        }
    }

    public var joinedClients: Int { presences.count }

    public var isFull: Bool { if case .closing = phase { true } else { false } }

    public var oldestRound: UInt32 {
        ongoing.values.lazy.map(\.key.round).min() ?? course.aggregated + (isFull ? 2 : 1)
    }

    public var ongoingTrainings: OngoingTrainings? {
        OngoingTrainings(
            trainings: ongoing.values.map { OngoingTraining(key: $0.key, isAbsent: $0.isAbsent) }
                .sorted { $0.key.client < $1.key.client },
            draws: draws)
    }

    public func disposition(of key: UpdateKey) -> UpdateDisposition {
        switch phase {
        case .joining: return .uninvited
        case .ending, .over: return .late
        case .filling, .closing: break
        }
        if let training = ongoing[key.client], training.key.round <= key.round {
            let isInvited = training.key.round == key.round && (1...training.key.attempt).contains(key.attempt)
            return isInvited ? .wanted : .uninvited
        }
        guard let last = settled[key.client], key.round <= last.key.round else { return .uninvited }
        guard key.round == last.key.round else { return .late }
        guard key.attempt > 0, key.attempt <= last.key.attempt else { return .uninvited }
        return last.hasReported ? .duplicate : .late
    }

    public func waits(for key: UpdateKey) -> Bool {
        disposition(of: key) == .wanted && ongoing[key.client]?.key == key
    }

    public mutating func handle(_ event: RoundEvent) -> [RoundDirective] {
        if case .over = phase { return [] }
        return switch event {
        case .runStarted: started()
        case .clientJoined(let client, let examples): joined(client, examples: examples)
        case .clientLeft(let client): left(client)
        case .experienced(let client, let experience): experienced(client, experience)
        case .updateArrived(let key): updateArrived(key)
        case .updateFailed(let key, let reason): waits(for: key) ? fail(key.client, reason) + refill() : []
        case .timerFired(.joining): waitEnded()
        case .timerFired(.training(let client, let round)): trainingEnded(client, round)
        case .timerFired(.absence(let client, let absence)): absenceEnded(client, absence)
        case .timerFired(.round): []
        case .roundAggregated(let round): roundAggregated(round)
        case .endReached(let end): endReached(end)
        case .roundCommitted(let round): roundCommitted(round)
        case .stopRequested: stop()
        }
    }

    /// A run whose record is whole needs no clients to end.
    private mutating func started() -> [RoundDirective] {
        guard case .joining = phase, !isStarted else { return [] }
        isStarted = true
        if let outcome = course.endOfRecord(plan) { return end(outcome) }
        return presences.count >= plan.startingClients
            ? begin() : [.startTimer(.joining, plan.deadlines.joining)]
    }

    private mutating func begin() -> [RoundDirective] {
        eligible = presences.eligible(of: plan.clients)
        for client in ongoing.keys where !presences.isConnected(client) { ongoing[client]?.isAbsent = true }
        return open(course.aggregated + 1)
    }

    /// Those that train, in the order of the clients' ids.
    private var trainings: [UpdateKey] { ongoing.values.map(\.key).sorted { $0.client < $1.client } }

    // MARK: Clients come and go

    private mutating func joined(_ client: ClientID, examples: Int) -> [RoundDirective] {
        var directives: [RoundDirective] = []
        if let timer = presences.join(client, examples: examples) { directives.append(.stopTimer(timer)) }
        switch phase {
        case .joining where isStarted && presences.count >= plan.startingClients:
            directives.append(.stopTimer(.joining))
            directives += begin()
        case .filling, .closing:
            directives += inviteAgain(client) + refill()
        case .joining, .ending, .over:
            break
        }
        return directives
    }

    private mutating func left(_ client: ClientID) -> [RoundDirective] {
        guard let timer = presences.leave(client) else { return [] }
        ongoing[client]?.isAbsent = true
        if case .ending = phase { return [] }
        presences.awaits(client)
        return [.startTimer(timer, plan.deadlines.absence)]
    }

    private mutating func absenceEnded(_ client: ClientID, _ absence: UInt32) -> [RoundDirective] {
        guard presences.giveUp(client, absence: absence), ongoing[client] != nil else { return [] }
        return fail(client, .disconnected) + refill()
    }

    private mutating func trainingEnded(_ client: ClientID, _ round: UInt32) -> [RoundDirective] {
        guard let training = ongoing[client], training.key.round == round else { return [] }
        return fail(client, presences.isConnected(client) ? .deadline : .disconnected) + refill()
    }

    /// Nobody is waited for any longer.
    private mutating func waitEnded() -> [RoundDirective] {
        switch phase {
        case .joining:
            return end(.tooFewClients(joined: presences.count, needed: plan.startingClients))
        case .filling where isWaiting:
            isWaiting = false
            return closeWithoutMore()
        case .filling, .closing, .ending, .over:
            return []
        }
    }

    // MARK: A buffer

    mutating func open(_ round: UInt32) -> [RoundDirective] {
        phase = .filling
        var directives: [RoundDirective] = [.openRound(round: round, cohort: [])]
        for key in trainings where Int(round - key.round) > asynchrony.maximumStaleness {
            directives += fail(key.client, .stale)
        }
        for key in trainings { directives += inviteAgain(key.client) }
        return directives + refill()
    }

    /// Invites clients while too few train, each that is there and has not been invited with the newest model yet.
    private mutating func refill() -> [RoundDirective] {
        guard case .filling = phase else { return [] }
        let round = course.aggregated + 1
        let free = min(asynchrony.concurrency, plan.clients) - ongoing.count
        var directives: [RoundDirective] = []
        if free > 0 {
            let candidates = eligible.filter {
                presences.isPresent($0) && ongoing[$0] == nil && settled[$0]?.key.round != round
            }
            for client in choose(free, of: candidates) {
                let key = UpdateKey(round: round, client: client, attempt: 1)
                ongoing[client] = Training(key: key)
                directives += [
                    .invite(key), .startTimer(.training(client, round: round), plan.deadlines.round),
                ]
            }
        }
        if ongoing.isEmpty { return directives + waitForSomebody(round) }
        if isWaiting {
            isWaiting = false
            directives.append(.stopTimer(.joining))
        }
        return directives
    }

    private mutating func choose(_ count: Int, of clients: [ClientID]) -> [ClientID] {
        guard clients.count > count else { return clients }
        draws &+= 1
        return plan.selection.make().select(count, of: candidates(clients), seed: plan.seed, round: draws)
    }

    /// Invites a client again that was away, to go on from the model that it had.
    private mutating func inviteAgain(_ client: ClientID) -> [RoundDirective] {
        guard let training = ongoing[client], training.isAbsent, presences.isConnected(client) else { return [] }
        let key = UpdateKey(round: training.key.round, client: client, attempt: training.key.attempt + 1)
        ongoing[client] = Training(key: key)
        return [.invite(key)]
    }

    /// Nobody trains, and nobody is there who could.
    private mutating func waitForSomebody(_ round: UInt32) -> [RoundDirective] {
        let mayCome = eligible.contains { !presences.isPresent($0) && settled[$0]?.key.round != round }
        guard mayCome else { return closeWithoutMore() }
        guard !isWaiting else { return [] }
        isWaiting = true
        return [.startTimer(.joining, plan.deadlines.joining)]
    }

    private mutating func updateArrived(_ key: UpdateKey) -> [RoundDirective] {
        let disposition = disposition(of: key)
        guard disposition == .wanted else { return [.discard(key, disposition)] }
        // A shell waits; what it tells all the same has no place.
        guard !isFull else { return [.discard(key, .late)] + fail(key.client, .surplus) }
        settle(key, hasReported: true)
        reported.append(key)
        let directives: [RoundDirective] = [.include(key), .stopTimer(.training(key.client, round: key.round))]
        return directives + (reported.count == asynchrony.buffer ? close() : refill())
    }

    /// The client is not waited for any more.
    private mutating func fail(_ client: ClientID, _ reason: FailureReason) -> [RoundDirective] {
        guard let key = ongoing[client]?.key else { return [] }
        settle(key, hasReported: false)
        failed.append(.init(key: key, reason: reason))
        return [.stopTimer(.training(client, round: key.round))]
    }

    private mutating func settle(_ key: UpdateKey, hasReported: Bool) {
        ongoing[key.client] = nil
        settled[key.client] = Settled(key: key, hasReported: hasReported)
    }

    private mutating func closeWithoutMore() -> [RoundDirective] {
        guard reported.count >= plan.minimumUpdates else {
            let outcome = takeOutcome()
            return stopWaiting() + [.abandonRound(outcome)]
                + end(.tooFewUpdates(outcome, minimum: plan.minimumUpdates))
        }
        return close()
    }

    private mutating func close() -> [RoundDirective] {
        let outcome = takeOutcome()
        phase = .closing(round: outcome.round)
        return stopWaiting() + [.closeRound(outcome)]
    }

    private mutating func stopWaiting() -> [RoundDirective] {
        defer { isWaiting = false }
        return isWaiting ? [.stopTimer(.joining)] : []
    }

    /// What has become of everybody since the last model.
    private mutating func takeOutcome() -> CohortOutcome {
        defer { (reported, failed) = ([], []) }
        return CohortOutcome(
            round: course.aggregated + 1, reported: reported.sorted(by: UpdateKey.byClient),
            failed: failed.sorted { UpdateKey.byClient($0.key, $1.key) })
    }

    // MARK: The end

    private mutating func stop() -> [RoundDirective] {
        course.isStopping = true
        switch phase {
        case .joining:
            return end(.stopped)
        case .filling:
            let directives = trainings.flatMap { fail($0.client, .stopped) }
            return directives + stopWaiting() + [.abandonRound(takeOutcome())] + end(.stopped)
        case .closing, .ending, .over:
            return []
        }
    }

    var stage: RunStage {
        switch phase {
        case .joining, .filling: .collecting
        case .closing(let round): .closing(round: round)
        case .ending(let outcome): .ending(outcome)
        case .over: .over
        }
    }

    mutating func beginEnding(_ outcome: RunOutcome) { phase = .ending(outcome) }

    mutating func finish() { phase = .over }
}

extension UpdateKey {
    /// Clients in the order of their ids, and a client's updates in the order of the models that they began with.
    static func byClient(_ a: UpdateKey, _ b: UpdateKey) -> Bool { (a.client, a.round) < (b.client, b.round) }
}
