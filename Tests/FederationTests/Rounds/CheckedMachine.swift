import Federation

/// A round machine, and what must hold of it: after each event its answers are compared with a plain account of what
/// has happened so far. The account knows the rules of a run, nothing of the machine's insides.
struct CheckedMachine {
    enum Phase: Hashable { case joining, waiting, collecting, closing, abandoned, over }

    struct Violation: Error, CustomStringConvertible {
        let rule: String
        let directives: [RoundDirective]
        let events: [RoundEvent]

        var description: String {
            "\(rule); the last answer was \(directives) after \(events.map { "\($0)" }.joined(separator: "\n"))"
        }
    }

    let plan: RoundPlan
    private var machine: RoundMachine
    private var events: [RoundEvent] = []
    private var answer: [RoundDirective] = []

    // The run so far.
    private(set) var phase = Phase.joining
    private(set) var round: UInt32 = 0
    private(set) var cohorts: [[ClientID]] = []
    private(set) var closures: [CohortOutcome] = []
    private(set) var outcome: RunOutcome?
    private var isStopping = false
    private var isTargetReached = false
    /// The last round whose model is made, and the last in the record.
    private(set) var aggregated: UInt32 = 0
    private(set) var committed: UInt32 = 0
    /// How the run will end, once no round follows.
    private var ending: RunOutcome?

    // Its clients: the examples of each that has joined, and where it is.
    private(set) var examples: [ClientID: Int] = [:]
    private(set) var connected: Set<ClientID> = []
    private(set) var timers: Set<RoundTimer> = []
    private var lastAbsence: [ClientID: UInt32] = [:]
    private var givenUp: Set<ClientID> = []
    /// The clients that may be selected, once the first round is due.
    private var population: Set<ClientID> = []

    // The round.
    private(set) var attempts: [ClientID: UInt32] = [:]
    private var trains: Set<ClientID> = []
    private var reported: [ClientID: UInt32] = [:]
    private var failed: [ClientID: FailureReason] = [:]

    /// A run that has started, or that goes on with what stands in the record.
    init(plan: RoundPlan, committed: UInt32 = 0, isTargetReached: Bool = false) throws {
        self.plan = plan
        machine = RoundMachine(plan: plan, committed: committed, end: isTargetReached ? .target : nil)
        (round, aggregated, self.committed) = (committed, committed, committed)
        self.isTargetReached = isTargetReached
        if isTargetReached {
            ending = .targetReached(round: committed)
        } else if committed == plan.rounds {
            ending = .finished
        }
        try handle(.runStarted)
    }

    /// All that what follows can depend on: two runs with the same go on alike.
    struct State: Hashable {
        private let machine: RoundMachine
        private let phase: Phase
        private let outcome: RunOutcome?
        private let ending: RunOutcome?
        private let rounds: [UInt32]
        private let flags: [Bool]
        private let examples: [ClientID: Int]
        private let clients: [Set<ClientID>]
        private let timers: Set<RoundTimer>
        private let counts: [[ClientID: UInt32]]
        private let failed: [ClientID: FailureReason]

        fileprivate init(_ run: CheckedMachine) {
            machine = run.machine
            (phase, outcome, ending) = (run.phase, run.outcome, run.ending)
            rounds = [run.round, run.aggregated, run.committed]
            flags = [run.isStopping, run.isTargetReached]
            examples = run.examples
            clients = [run.connected, run.givenUp, run.trains, run.population]
            timers = run.timers
            counts = [run.lastAbsence, run.attempts, run.reported]
            failed = run.failed
        }
    }

    var state: State { State(self) }

    /// The absences whose timers are running.
    var absences: [ClientID: UInt32] {
        timers.reduce(into: [:]) { absences, timer in
            if case .absence(let client, let absence) = timer { absences[client] = absence }
        }
    }

    /// The clients that the round waits for.
    var outstanding: [ClientID] {
        guard phase == .collecting, let cohort = cohorts.last else { return [] }
        return cohort.filter { reported[$0] == nil && failed[$0] == nil }
    }

    /// What should become of an update with this key.
    func disposition(of key: UpdateKey) -> UpdateDisposition {
        switch phase {
        case .joining: return .uninvited
        case .waiting: return key.round <= round || ending != nil ? .late : .uninvited
        case .over, .abandoned: return .late
        case .closing: return key.round <= round || ending != nil ? .late : .uninvited
        case .collecting:
            guard key.round == round else { return key.round < round ? .late : .uninvited }
            guard key.attempt > 0, key.attempt <= attempts[key.client, default: 0] else { return .uninvited }
            if reported[key.client] != nil { return .duplicate }
            return failed[key.client] == nil ? .wanted : .late
        }
    }

    /// Tells the machine of an event and checks its answer.
    @discardableResult
    mutating func handle(_ event: RoundEvent) throws -> [RoundDirective] {
        events.append(event)
        let before = (phase: phase, isEnding: ending != nil)
        var asked: UpdateDisposition?
        if case .updateArrived(let key) = event {
            asked = disposition(of: key)
            try check(machine.disposition(of: key) == asked, "\(key) is \(String(describing: asked))")
        }
        answer = machine.handle(event)
        let wasWaiting = phase == .waiting
        let leaves = if case .clientLeft(let client) = event { connected.contains(client) } else { false }
        note(event, asked)
        settleEnding()
        for directive in answer { try follow(directive, after: event, asked) }
        if wasWaiting, phase == .waiting, event == .timerFired(.joining) {
            try check(outcome != nil || ending != nil, "a round is not waited for without end")
        }
        try checkAnswered(event, asked, before, leaves)
        try checkNothingIsStuck()
        try check(machine.joinedClients == examples.count, "all that joined are counted")
        return answer
    }

    private func check(_ condition: Bool, _ rule: @autoclosure () -> String) throws {
        guard condition else { throw Violation(rule: rule(), directives: answer, events: events) }
    }

    // MARK: What an event means

    private mutating func note(_ event: RoundEvent, _ asked: UpdateDisposition?) {
        switch event {
        case .clientJoined(let client, let count):
            if examples[client] == nil { examples[client] = count }
            connected.insert(client)
            givenUp.remove(client)
        case .clientLeft(let client):
            connected.remove(client)
            trains.remove(client)
        case .timerFired(.absence(let client, let absence)):
            guard timers.remove(.absence(client, absence: absence)) != nil else { return }
            givenUp.insert(client)
            if outstanding.contains(client) { failed[client] = .disconnected }
        case .updateArrived(let key):
            if asked == .wanted { reported[key.client] = key.attempt }
            if phase == .collecting, reported.count >= plan.wantedUpdates {
                for client in outstanding { failed[client] = .surplus }
            }
        case .updateFailed(let key, let reason):
            let isLatest = key.attempt == attempts[key.client]
            if disposition(of: key) == .wanted, isLatest { failed[key.client] = reason }
        case .timerFired(.round(round)):
            timers.remove(.round(round))
            for client in outstanding { failed[client] = connected.contains(client) ? .deadline : .disconnected }
        case .stopRequested:
            isStopping = true
            if phase == .waiting, ending == nil { ending = .stopped }
            for client in outstanding { failed[client] = .stopped }
        case .roundAggregated(round) where phase == .closing:
            aggregated = round
        case .roundCommitted(committed + 1):
            if phase == .closing && committed + 1 == round { aggregated = round }
            if committed < aggregated { committed += 1 }
        case .endReached:
            isTargetReached = true
        case .timerFired(.joining):
            guard timers.remove(.joining) != nil else { return }
            if phase == .waiting, ending == nil, present.count < plan.minimumUpdates {
                ending = .tooFewClients(joined: present.count, needed: plan.minimumUpdates)
            }
        case .runStarted, .experienced, .timerFired(.round), .timerFired(.training), .roundCommitted, .roundAggregated:
            break
        }
    }

    private var needsPresence: Bool { plan.selection.make().needsPresence }
    /// The clients with examples that are connected.
    private var present: Set<ClientID> { connected.filter { examples[$0, default: 0] > 0 } }
    /// Those that hold examples as far as that is known now.
    private var settledPopulation: Set<ClientID> {
        Set((0..<UInt32(plan.clients)).map { ClientID($0) }.filter { examples[$0] != 0 })
    }
    private var wantedCohort: Int { min(plan.cohort, population.isEmpty ? settledPopulation.count : population.count) }

    /// Whether all is done that the next round has to wait for.
    private var isNextRoundDue: Bool {
        phase == .closing && aggregated == round && committed + (plan.waitsForEvaluation ? 0 : 1) >= round
    }

    /// Decides how the run ends at the moment when a next round could begin.
    private mutating func settleEnding() {
        guard isNextRoundDue, ending == nil else { return }
        if isTargetReached {
            ending = .targetReached(round: round)
        } else if round == plan.rounds {
            ending = .finished
        } else if isStopping {
            ending = .stopped
        }
    }

    // MARK: What a directive may be

    private mutating func follow(
        _ directive: RoundDirective, after event: RoundEvent, _ asked: UpdateDisposition?
    ) throws {
        try check(phase != .over, "nothing is asked for after the end")
        switch directive {
        case .openRound(let next, let cohort): try opened(next, cohort, after: event)
        case .invite(let key): try invited(key)
        case .startTimer(let timer, let duration): try started(timer, duration, after: event)
        case .stopTimer(let timer):
            // One that fired ends what it is for, which then stops it.
            try check(timers.remove(timer) != nil || event == .timerFired(timer), "a timer that stops was running")
        case .include(let key):
            try check(event == .updateArrived(key) && asked == .wanted, "only what is wanted is included")
        case .discard(let key, let disposition):
            try check(event == .updateArrived(key) && asked == disposition, "what is discarded has its reason")
            try check(disposition != .wanted, "nothing that is wanted is discarded")
        case .closeRound(let closure):
            try check(reported.count >= plan.minimumUpdates && !isStopping, "a round closes with enough updates")
            try check(reported.count <= plan.wantedUpdates, "a round has no more updates than it wants")
            try ended(closure, .closing)
        case .abandonRound(let closure):
            try check(reported.count < plan.minimumUpdates || isStopping, "no round is abandoned needlessly")
            try ended(closure, .abandoned)
            ending = isStopping ? .stopped : .tooFewUpdates(closure, minimum: plan.minimumUpdates)
        case .finish(let outcome): try finished(outcome, after: event)
        }
    }

    private mutating func started(_ timer: RoundTimer, _ duration: Duration, after event: RoundEvent) throws {
        try check(timers.insert(timer).inserted, "a timer that starts was not running")
        switch timer {
        case .joining:
            try check(duration == plan.deadlines.joining, "a run waits for its clients, and so does a round")
            if event != .runStarted {
                if population.isEmpty { population = settledPopulation }
                try check(needsPresence && isNextRoundDue || phase == .joining, "a round waits where the last is made")
                try check(present.count < wantedCohort, "a round waits when too few are there")
                phase = .waiting
            }
        case .round(let number):
            try check(number == round && duration == plan.deadlines.round, "a round has its time")
        case .training:
            try check(false, "in a round clients have their time together")
        case .absence(let client, let absence):
            try check(event == .clientLeft(client), "an absence begins when a client leaves")
            try check(duration == plan.deadlines.absence, "an absence has its time")
            try check(absence > lastAbsence[client, default: 0], "no two absences have one number")
            lastAbsence[client] = absence
        }
    }

    private mutating func opened(_ next: UInt32, _ cohort: [ClientID], after event: RoundEvent) throws {
        let isFirst = phase == .joining && examples.count >= plan.startingClients
        let isNext = (isNextRoundDue || phase == .waiting) && ending == nil
        try check(isFirst || isNext, "a round opens when all have joined, or when the last one's model is made")
        try check(next <= committed + 2, "the record is never more than one round behind")
        try check(next == round + 1 && next <= plan.rounds, "rounds open in their order, each once")
        if population.isEmpty { population = settledPopulation }
        let eligible = needsPresence ? present : population
        try check(
            cohort.count == min(plan.cohort, eligible.count)
                && (!needsPresence || cohort.count >= wantedCohort
                    || event == .timerFired(.joining) && cohort.count >= plan.minimumUpdates),
            "a cohort has its size")
        try check(zip(cohort, cohort.dropFirst()).allSatisfy { $0 < $1 }, "a cohort is ascending")
        try check(cohort.allSatisfy(eligible.contains), "a cohort has clients with examples")
        (phase, round) = (.collecting, next)
        cohorts.append(cohort)
        (attempts, trains, reported, failed) = ([:], [], [:], [:])
        for client in cohort where givenUp.contains(client) || examples[client] == nil {
            failed[client] = .disconnected
        }
    }

    private mutating func invited(_ key: UpdateKey) throws {
        try check(key.round == round && outstanding.contains(key.client), "those are invited who are waited for")
        try check(connected.contains(key.client), "those are invited who are connected")
        try check(trains.insert(key.client).inserted, "a client is invited once on a connection")
        try check(key.attempt == attempts[key.client, default: 0] + 1, "attempts grow by one")
        attempts[key.client] = key.attempt
    }

    private mutating func ended(_ closure: CohortOutcome, _ next: Phase) throws {
        try check(phase == .collecting && outstanding.isEmpty, "a round ends when nobody is waited for")
        var expected: (reported: [UpdateKey], failed: [CohortOutcome.Failure]) = ([], [])
        for client in cohorts.last ?? [] {
            if let attempt = reported[client] {
                expected.reported.append(UpdateKey(round: round, client: client, attempt: attempt))
            } else if let reason = failed[client] {
                let key = UpdateKey(round: round, client: client, attempt: attempts[client, default: 0])
                expected.failed.append(.init(key: key, reason: reason))
            }
        }
        try check(
            closure == CohortOutcome(round: round, reported: expected.reported, failed: expected.failed),
            "each client of a cohort is once in the closure: \(expected)")
        closures.append(closure)
        phase = next
    }

    private mutating func finished(_ outcome: RunOutcome, after event: RoundEvent) throws {
        let isRight =
            switch outcome {
            case .tooFewClients(examples.count, needed: plan.startingClients) where phase == .joining:
                event == .timerFired(.joining)
            case .tooFewClients(_, needed: plan.minimumUpdates):
                outcome == ending
            case .stopped where phase == .joining: isStopping
            default: outcome == ending
            }
        try check(committed == aggregated, "a run ends when all its models are in the record")
        try check(isRight, "a run ends as it has gone")
        self.outcome = outcome
        phase = .over
    }

    // MARK: What has to follow

    private func checkAnswered(
        _ event: RoundEvent, _ asked: UpdateDisposition?, _ before: (phase: Phase, isEnding: Bool), _ leaves: Bool
    ) throws {
        guard before.phase != .over else { return }
        switch event {
        case .updateArrived(let key):
            let expected: RoundDirective =
                if let asked, asked != .wanted { .discard(key, asked) } else { .include(key) }
            try check(answer.first == expected, "each update is included or discarded")
        case .clientLeft:
            try check(answer.count == (leaves && !before.isEnding ? 1 : 0), "an absence has its deadline")
        case .timerFired(.joining) where before.phase == .joining:
            try check(phase == .over, "the deadline for joining ends what has not begun")
        case .stopRequested where before.phase != .closing && before.phase != .abandoned:
            try check(phase == .over || ending != nil, "a run stops when asked to")
        default: break
        }
    }

    private func checkNothingIsStuck() throws {
        if phase != .over {
            try check(
                timers.contains(.joining) == (phase == .joining || phase == .waiting && ending == nil),
                "a run waits for its clients until it begins, and a round for those that it needs")
            for case .round(let number) in timers {
                try check(phase == .collecting && number == round, "no timer runs for a round that is over")
            }
            try check(absences.keys.allSatisfy { !connected.contains($0) }, "nobody is awaited who is here")
        }
        switch phase {
        case .joining:
            try check(examples.count < plan.startingClients, "a run begins when enough have joined")
        case .waiting:
            try check(ending != nil || present.count < wantedCohort, "a round begins when enough are there")
            try check(ending == nil || committed < aggregated, "a run ends with its last commit")
        case .collecting:
            try check(!outstanding.isEmpty, "a round ends when everybody has reported or failed")
            try check(timers.contains(.round(round)), "a round does not wait for ever")
            let waited = Set(outstanding)
            for client in cohorts.last ?? [] {
                let key = UpdateKey(round: round, client: client, attempt: attempts[client, default: 0])
                try check(
                    machine.waits(for: key) == (key.attempt > 0 && waited.contains(client)),
                    "nobody is waited for who has reported or was given up")
            }
            for client in outstanding {
                try check(
                    connected.contains(client) ? trains.contains(client) : absences[client] != nil,
                    "client \(client) trains or has a deadline")
            }
        case .closing:
            try check(!isNextRoundDue || ending != nil, "the next round begins when it can")
            try check(ending == nil || committed < aggregated, "a run ends with its last commit")
        case .abandoned:
            try check(committed < aggregated, "an abandoned round is the end of its run")
        case .over:
            break
        }
    }
}
