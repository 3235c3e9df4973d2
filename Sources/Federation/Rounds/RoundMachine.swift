/// The run as a pure state machine: it is told what happens and answers with what is to be done, without sockets,
/// files or a clock. The networked coordinator, an engine in one process and a test with generated events drive the
/// same machine.
///
/// A run waits until its clients have joined, all or as many as the plan says are enough, then goes through its rounds (McMahan et al. 2017, Algorithm 1):
/// select a cohort, invite it, collect updates until everybody has reported or failed or the deadline has passed,
/// close. What differs from the paper, because clients are real processes:
/// - A client that loses its connection may come back within the absence deadline and is invited again. The deadline
///   runs from the moment it left, so one that is gone for good delays one round and no later ones.
/// - A round counts with fewer updates than the cohort has clients, down to the scenario's minimum.
/// - The next round begins as soon as a round's model is made; what is left of the round, its evaluation and its commit,
///   goes on beside it. At most one round is ahead of the record, so that a crash repeats one, and none where the plan
///   needs a round's evaluation to know whether there is a next.
public struct RoundMachine: Sendable, Hashable {
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

    /// How a client that has joined at least once is doing.
    private struct Presence: Sendable, Hashable {
        var examples: Int
        var isConnected = true
        /// Counts the client's absences, so that a deadline of an earlier one is recognised.
        var absence: UInt32 = 0
        /// The timer of its absence is running.
        var isAwaited = false
        /// It left, and the time of its absence is over.
        var isGivenUp = false
    }

    private let plan: RoundPlan
    private var phase = Phase.joining
    private var presences: [ClientID: Presence] = [:]
    private var isStarted = false
    private var isStopping = false
    /// Why no round follows the last one, if the evaluation of a model has said so.
    private var runEnd: RunEnd?
    /// The last round whose model is made, and the last that stands in the record.
    private var aggregated: UInt32
    private var committed: UInt32
    /// The clients that can be selected, ascending; settled when the first round begins.
    private var eligible: [ClientID] = []
    /// How many clients with examples are connected.
    private var present = 0

    /// - Parameters:
    ///   - committed: the rounds that the record has already; the run goes on with the next one.
    ///   - end: why the last of them is the run's last, whatever the plan's number of rounds; `nil` if it is not.
    public init(plan: RoundPlan, committed: UInt32 = 0, end: RunEnd? = nil) {
        self.plan = plan
        runEnd = end
        self.committed = committed
        aggregated = committed
    }

    /// The clients that have joined so far, connected or not.
    public var joinedClients: Int { presences.count }

    /// What would become of an update with this key if it arrived now.
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

    /// Whether the round waits for the client and this is its latest attempt, so that its failure would count.
    public func waits(for key: UpdateKey) -> Bool {
        guard case .collecting(let open) = phase, open.round == key.round else { return false }
        return open.waits(for: key)
    }

    /// Takes an event in; the directives are to be carried out in their order.
    public mutating func handle(_ event: RoundEvent) -> [RoundDirective] {
        switch event {
        case .runStarted: started()
        case .clientJoined(let client, let examples): joined(client, examples: examples)
        case .clientLeft(let client): left(client)
        case .updateArrived(let key): updateArrived(key)
        case .updateFailed(let key, let reason): updateFailed(key, reason)
        case .timerFired(.joining): joiningEnded()
        case .timerFired(.round(let round)): roundEnded(round)
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
        if let runEnd { return end(runEnd.outcome(after: committed)) }
        if committed >= plan.rounds { return end(.finished) }
        return presences.count >= plan.startingClients
            ? openFirst() : [.startTimer(.joining, plan.deadlines.joining)]
    }

    private mutating func openFirst() -> [RoundDirective] {
        eligible = (0..<UInt32(plan.clients)).map { ClientID($0) }.filter { presences[$0]?.examples != 0 }
        return open(round: committed + 1)
    }

    // MARK: Clients come and go

    private mutating func joined(_ client: ClientID, examples: Int) -> [RoundDirective] {
        var directives: [RoundDirective] = []
        var presence = presences[client] ?? Presence(examples: examples)
        if presences[client]?.isConnected != true, presence.examples > 0 { present += 1 }
        if presence.isAwaited { directives.append(.stopTimer(.absence(client, absence: presence.absence))) }
        presence.isConnected = true
        presence.isAwaited = false
        presence.isGivenUp = false
        presences[client] = presence
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
        guard var presence = presences[client], presence.isConnected else { return [] }
        presence.isConnected = false
        if presence.examples > 0 { present -= 1 }
        presence.absence += 1
        presences[client] = presence
        switch phase {
        case .collecting: changeOpenRound { $0.left(client) }
        case .joining, .waiting, .closing: break
        case .ending, .over: return []
        }
        presences[client]?.isAwaited = true
        return [.startTimer(.absence(client, absence: presence.absence), plan.deadlines.absence)]
    }

    private mutating func absenceEnded(_ client: ClientID, absence: UInt32) -> [RoundDirective] {
        guard let presence = presences[client], !presence.isConnected, presence.absence == absence else { return [] }
        presences[client]?.isAwaited = false
        presences[client]?.isGivenUp = true
        guard waitsForReturn(of: client) else { return [] }
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
            return present >= plan.minimumUpdates
                ? begin(round) : end(.tooFewClients(joined: present, needed: plan.minimumUpdates))
        case .collecting, .closing, .ending, .over:
            return []
        }
    }

    // MARK: A round

    /// How many clients can be selected now.
    private var selectable: Int { plan.selection.make().needsPresence ? present : eligible.count }

    /// Begins the round as soon as there are enough clients.
    private mutating func open(round: UInt32) -> [RoundDirective] {
        if selectable < min(plan.cohort, eligible.count) {
            phase = .waiting(round: round)
            return [.startTimer(.joining, plan.deadlines.joining)]
        }
        return begin(round)
    }

    private mutating func begin(_ round: UInt32) -> [RoundDirective] {
        let cohort = select(for: round)
        var open = OpenRound(round: round, cohort: cohort)
        var directives = [
            RoundDirective.openRound(round: round, cohort: cohort),
            .startTimer(.round(round), plan.deadlines.round),
        ]
        directives.reserveCapacity(cohort.count + 2)
        for client in cohort {
            if presences[client]?.isConnected == true {
                if let key = open.invite(client) { directives.append(.invite(key)) }
            } else if presences[client]?.isAwaited != true {
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
            ? eligible.filter { presences[$0].map { $0.isConnected && $0.examples > 0 } ?? false } : eligible
        return plan.select(
            rule, of: Candidates(clients: clients) { [presences] in presences[$0]?.examples ?? 0 }, in: round)
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

    private mutating func roundAggregated(_ round: UInt32) -> [RoundDirective] {
        guard case .closing(round) = phase, aggregated < round else { return [] }
        aggregated = round
        return advance()
    }

    private mutating func endReached(_ reason: RunEnd) -> [RoundDirective] {
        runEnd = runEnd ?? reason
        return []
    }

    private mutating func roundCommitted(_ round: UInt32) -> [RoundDirective] {
        guard round == committed + 1 else { return [] }
        if case .closing(round) = phase { aggregated = round }
        guard round <= aggregated else { return [] }
        committed = round
        return advance()
    }

    /// Opens the next round or ends the run, if enough is done of what came before.
    private mutating func advance() -> [RoundDirective] {
        switch phase {
        case .closing(aggregated):
            guard committed + (plan.waitsForEvaluation ? 0 : 1) >= aggregated else { return [] }
            if let runEnd { return end(runEnd.outcome(after: aggregated)) }
            if aggregated == plan.rounds { return end(.finished) }
            if isStopping { return end(.stopped) }
            return open(round: aggregated + 1)
        case .ending(let outcome) where committed == aggregated:
            phase = .over
            return [.finish(outcome)]
        case .joining, .waiting, .collecting, .closing, .ending, .over:
            return []
        }
    }

    // MARK: The end

    private mutating func stop() -> [RoundDirective] {
        isStopping = true
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

    private mutating func end(_ outcome: RunOutcome) -> [RoundDirective] {
        phase = .ending(outcome)
        return advance()
    }
}
