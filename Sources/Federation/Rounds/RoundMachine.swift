/// A run in rounds, as a pure state machine.
///
/// It waits until its clients have joined, all or as many as the plan says are enough, then goes through its rounds (McMahan et al. 2017, Algorithm 1):
/// select a cohort, invite it, collect updates until everybody has reported or failed or the deadline has passed,
/// close. What differs from the paper, because clients are real processes:
/// - A client that loses its connection may come back within the absence deadline and is invited again. The deadline
///   runs from the moment it left, so one that is gone for good delays one round and no later ones.
/// - A round counts with fewer updates than the cohort has clients, down to the scenario's minimum.
/// - The next round begins as soon as a round's model is made; what is left of the round, its evaluation and its commit,
///   goes on beside it. At most one round is ahead of the record, so that a crash repeats one, and none where the plan
///   needs a round's evaluation to know whether there is a next.
public struct RoundMachine: RunMachine, CourseMachine, Hashable {
    private enum Phase: Sendable, Hashable {
        case joining
        /// Too few clients are there for the round.
        case waiting(round: UInt32)
        case collecting(OpenRound)
        /// All has been heard of the round; its model is being made, or the one before it committed.
        case closing(round: UInt32)
        /// No round follows; what is closed is being committed.
        case ending(RunOutcome)
        case over
    }

    let plan: RoundPlan
    private var phase = Phase.joining
    private(set) var presences = Presences()
    var course: RunCourse
    private var isStarted = false
    /// The clients that can be selected, ascending; settled when the first round begins.
    private var eligible: [ClientID] = []
    /// What is known of clients from the rounds before, where the plan needs it.
    var experiences: [ClientID: Experience]

    /// - Parameters:
    ///   - committed: the rounds that the record has already; the run goes on with the next one.
    ///   - end: why the last of them is the run's last, whatever the plan's number of rounds; `nil` if it is not.
    ///   - experiences: what these rounds say of clients, where the plan needs it.
    public init(
        plan: RoundPlan, committed: UInt32 = 0, end: RunEnd? = nil, experiences: [ClientID: Experience] = [:]
    ) {
        self.plan = plan
        self.experiences = experiences
        course = RunCourse(committed: committed, end: end)
    }

    public var joinedClients: Int { presences.count }

    public var oldestRound: UInt32 {
        switch phase {
        case .collecting(let open): open.round
        case .closing(let round): round + 1
        case .joining, .waiting, .ending, .over: course.aggregated + 1
        }
    }

    public func disposition(of key: UpdateKey) -> UpdateDisposition {
        switch phase {
        case .collecting(let open) where open.round == key.round: open.disposition(of: key)
        case .collecting(let open): key.round < open.round ? .late : .uninvited
        case .closing(let round): key.round <= round ? .late : .uninvited
        case .waiting(let round): key.round < round ? .late : .uninvited
        case .joining: .uninvited
        case .ending, .over: .late
        }
    }

    public func waits(for key: UpdateKey) -> Bool {
        guard case .collecting(let open) = phase, open.round == key.round else { return false }
        return open.waits(for: key)
    }

    public mutating func handle(_ event: RoundEvent) -> [RoundDirective] {
        switch event {
        case .runStarted: started()
        case .clientJoined(let client, let examples): joined(client, examples: examples)
        case .clientLeft(let client): left(client)
        case .experienced(let client, let experience): experienced(client, experience)
        case .updateArrived(let key): updateArrived(key)
        case .updateFailed(let key, let reason): updateFailed(key, reason)
        case .timerFired(.joining): joiningEnded()
        case .timerFired(.round(let round)): roundEnded(round)
        case .timerFired(.training): []
        case .timerFired(.absence(let client, let absence)): absenceEnded(client, absence: absence)
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
            ? openFirst() : [.startTimer(.joining, plan.deadlines.joining)]
    }

    private mutating func openFirst() -> [RoundDirective] {
        eligible = presences.eligible(of: plan.clients)
        return open(course.aggregated + 1)
    }

    // MARK: Clients come and go

    private mutating func joined(_ client: ClientID, examples: Int) -> [RoundDirective] {
        var directives: [RoundDirective] = []
        if let timer = presences.join(client, examples: examples) { directives.append(.stopTimer(timer)) }
        switch phase {
        case .joining where isStarted && presences.count >= plan.startingClients:
            directives.append(.stopTimer(.joining))
            directives += openFirst()
        case .waiting(let round) where selectable >= min(plan.cohort, eligible.count):
            directives.append(.stopTimer(.joining))
            directives += begin(round)
        case .collecting:
            if let key = changeOpenRound({ $0.invite(client) }) ?? nil { directives.append(.invite(key)) }
        case .joining, .waiting, .closing, .ending:
            break
        case .over:
            return []
        }
        return directives
    }

    private mutating func left(_ client: ClientID) -> [RoundDirective] {
        guard let timer = presences.leave(client) else { return [] }
        switch phase {
        case .collecting: changeOpenRound { $0.left(client) }
        case .joining, .waiting, .closing: break
        case .ending, .over: return []
        }
        presences.awaits(client)
        return [.startTimer(timer, plan.deadlines.absence)]
    }

    private mutating func absenceEnded(_ client: ClientID, absence: UInt32) -> [RoundDirective] {
        guard presences.giveUp(client, absence: absence), waitsForReturn(of: client) else { return [] }
        return settle { $0.fail(client, .disconnected) }
    }

    private func waitsForReturn(of client: ClientID) -> Bool {
        if case .collecting(let open) = phase { open.waitsForReturn(of: client) } else { false }
    }

    /// Nobody is waited for any longer.
    private mutating func joiningEnded() -> [RoundDirective] {
        switch phase {
        case .joining:
            return end(.tooFewClients(joined: presences.count, needed: plan.startingClients))
        case .waiting(let round):
            return presences.present >= plan.minimumUpdates
                ? begin(round) : end(.tooFewClients(joined: presences.present, needed: plan.minimumUpdates))
        case .collecting, .closing, .ending, .over:
            return []
        }
    }

    // MARK: A round

    /// How many clients can be selected now.
    private var selectable: Int { plan.selection.make().needsPresence ? presences.present : eligible.count }

    /// Begins the round as soon as there are enough clients.
    mutating func open(_ round: UInt32) -> [RoundDirective] {
        if selectable < min(plan.cohort, eligible.count) {
            phase = .waiting(round: round)
            return [.startTimer(.joining, plan.deadlines.joining)]
        }
        return begin(round)
    }

    private mutating func begin(_ round: UInt32) -> [RoundDirective] {
        let cohort = select(for: round)
        var open = OpenRound(round: round, cohort: cohort)
        let deadline = plan.deadline.make().deadline(
            limit: plan.deadlines.round, round: round, cohort: cohort.count,
            seconds: experiences.values.compactMap(\.seconds))
        var directives = [
            RoundDirective.openRound(round: round, cohort: cohort), .startTimer(.round(round), deadline),
        ]
        directives.reserveCapacity(cohort.count + 2)
        for client in cohort {
            if presences.isConnected(client) {
                if let key = open.invite(client) { directives.append(.invite(key)) }
            } else if !presences.isAwaited(client) {
                open.fail(client, .disconnected)
            }
        }
        phase = .collecting(open)
        return directives + settle()
    }

    private func select(for round: UInt32) -> [ClientID] {
        let rule = plan.selection.make()
        let clients =
            rule.needsPresence
            ? eligible.filter { presences.isPresent($0) } : eligible
        return plan.select(rule, of: candidates(clients), in: round)
    }

    private mutating func updateArrived(_ key: UpdateKey) -> [RoundDirective] {
        if case .over = phase { return [] }
        let disposition = disposition(of: key)
        guard disposition == .wanted else { return [.discard(key, disposition)] }
        return [.include(key)] + settle { $0.report(key) }
    }

    private mutating func updateFailed(_ key: UpdateKey, _ reason: FailureReason) -> [RoundDirective] {
        guard waits(for: key) else { return [] }
        return settle { $0.fail(key.client, reason) }
    }

    private mutating func roundEnded(_ round: UInt32) -> [RoundDirective] {
        guard case .collecting(let open) = phase, open.round == round else { return [] }
        return settle { open in open.failAllOutstanding { isAbsent in isAbsent ? .disconnected : .deadline } }
    }

    /// Changes the round that is being collected, if there is one, where it stands: a copy for each update would cost a round
    /// the square of its cohort.
    @discardableResult
    private mutating func changeOpenRound<Result>(_ change: (inout OpenRound) -> Result) -> Result? {
        guard case .collecting(var open) = phase else { return nil }
        phase = .closing(round: open.round)  // So that `open` is the only one.
        defer { phase = .collecting(open) }
        return change(&open)
    }

    /// Makes the change, and goes on collecting, or closes the round when nobody is outstanding, or enough have reported.
    private mutating func settle(_ change: (inout OpenRound) -> Void = { _ in }) -> [RoundDirective] {
        let wanted = plan.wantedUpdates
        changeOpenRound { open in
            change(&open)
            if open.reported >= wanted { open.failAllOutstanding { _ in .surplus } }
        }
        guard case .collecting(let open) = phase, open.outstanding == 0 else { return [] }
        guard open.reported >= plan.minimumUpdates else {
            let closure = open.closure()
            return [.stopTimer(.round(open.round)), .abandonRound(closure)]
                + end(.tooFewUpdates(closure, minimum: plan.minimumUpdates))
        }
        phase = .closing(round: open.round)
        return [.stopTimer(.round(open.round)), .closeRound(open.closure())]
    }

    // MARK: The end

    private mutating func stop() -> [RoundDirective] {
        course.isStopping = true
        switch phase {
        case .joining:
            return end(.stopped)
        case .waiting:
            return [.stopTimer(.joining)] + end(.stopped)
        case .collecting(var open):
            open.failAllOutstanding { _ in .stopped }
            return [.stopTimer(.round(open.round)), .abandonRound(open.closure())] + end(.stopped)
        case .closing, .ending, .over:
            return []
        }
    }

    var stage: RunStage {
        switch phase {
        case .joining, .waiting, .collecting: .collecting
        case .closing(let round): .closing(round: round)
        case .ending(let outcome): .ending(outcome)
        case .over: .over
        }
    }

    mutating func beginEnding(_ outcome: RunOutcome) { phase = .ending(outcome) }

    mutating func finish() { phase = .over }
}
