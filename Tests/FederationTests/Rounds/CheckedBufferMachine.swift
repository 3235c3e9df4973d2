import Federation

/// A machine of clients that do not wait for each other, and what must hold of it: after each event its answers are compared with a
/// plain account of what has happened so far. The account knows the rules of a run, nothing of the machine's insides.
struct CheckedBufferMachine {
    enum Phase: Hashable { case joining, filling, closing, abandoned, over }

    struct Violation: Error, CustomStringConvertible {
        let rule: String
        let directives: [RoundDirective]
        let events: [RoundEvent]

        var description: String {
            "\(rule); the last answer was \(directives) after \(events.map { "\($0)" }.joined(separator: "\n"))"
        }
    }

    let plan: RoundPlan
    let asynchrony: Asynchrony
    private(set) var machine: BufferMachine
    private var events: [RoundEvent] = []
    private var answer: [RoundDirective] = []

    private(set) var phase = Phase.joining
    /// The buffer that is being filled, or closed.
    private(set) var round: UInt32
    private(set) var aggregated: UInt32
    private(set) var committed: UInt32
    private(set) var closures: [CohortOutcome] = []
    private(set) var outcome: RunOutcome?
    private(set) var connected: Set<ClientID> = []
    private(set) var joined: Set<ClientID> = []
    private(set) var timers: Set<RoundTimer> = []
    /// The latest invitation of each client that is waited for.
    private(set) var trainings: [ClientID: UpdateKey] = [:]
    /// The rounds that each client has been invited to.
    private var invited: [ClientID: Set<UInt32>] = [:]
    /// What counts, by client and the round that it began with.
    private(set) var included: [ClientID: Set<UInt32>] = [:]
    private var isStopping = false
    private var reported: [UpdateKey] = []
    private var failed: [UpdateKey: FailureReason] = [:]

    init(plan: RoundPlan, _ asynchrony: Asynchrony, committed: UInt32 = 0, resuming: OngoingTrainings? = nil) throws {
        self.plan = plan
        self.asynchrony = asynchrony
        machine = BufferMachine(plan: plan, asynchrony, committed: committed, resuming: resuming)
        (round, aggregated, self.committed) = (committed, committed, committed)
        for training in resuming?.trainings ?? [] {
            trainings[training.key.client] = training.key
            invited[training.key.client] = [training.key.round]
            timers.insert(.training(training.key.client, round: training.key.round))
        }
        try handle(.runStarted)
    }

    /// All that what follows can depend on.
    struct State: Hashable {
        private let machine: BufferMachine
        private let phase: Phase
        private let rounds: [UInt32]
        private let timers: Set<RoundTimer>
        private let included: [ClientID: Set<UInt32>]
        private let invited: [ClientID: Set<UInt32>]

        fileprivate init(_ run: CheckedBufferMachine) {
            machine = run.machine
            phase = run.phase
            rounds = [run.round, run.aggregated, run.committed]
            timers = run.timers
            (included, invited) = (run.included, run.invited)
        }
    }

    var state: State { State(self) }

    /// Tells the machine of an event and checks its answer.
    mutating func handle(_ event: RoundEvent) throws {
        events.append(event)
        let isOver = phase == .over
        let wanted = if case .updateArrived(let key) = event { isWanted(key) } else { false }
        if case .updateArrived(let key) = event {
            try check((machine.disposition(of: key) == .wanted) == wanted, "\(key) is wanted: \(wanted)")
            try check(!machine.isFull, "no update is told while a model is made")
        }
        note(event)
        answer = machine.handle(event)
        try check(!isOver || answer.isEmpty, "nothing follows the end")
        if case .updateArrived(let key) = event, !isOver {
            let isIncluded = answer.first == .include(key)
            let isDiscarded = if case .discard(key, _)? = answer.first { true } else { false }
            try check(wanted ? isIncluded : isDiscarded, "each update is included or discarded")
        }
        for directive in answer { try follow(directive) }
        try checkNothingIsStuck()
    }

    /// Whether no model follows the one that is being committed.
    private var isEnding: Bool {
        phase == .closing && aggregated == round && (round == plan.rounds || isStopping)
            && committed + (plan.waitsForEvaluation ? 0 : 1) >= aggregated
    }

    /// Whether the client is waited for with this key.
    private func isWanted(_ key: UpdateKey) -> Bool {
        guard phase == .filling || phase == .closing, !isEnding, let training = trainings[key.client] else {
            return false
        }
        return training.round == key.round && key.attempt >= 1 && key.attempt <= training.attempt
    }

    private func check(_ condition: Bool, _ rule: @autoclosure () -> String) throws {
        guard condition else { throw Violation(rule: rule(), directives: answer, events: events) }
    }

    private mutating func note(_ event: RoundEvent) {
        switch event {
        case .clientJoined(let client, _):
            connected.insert(client)
            joined.insert(client)
        case .clientLeft(let client):
            connected.remove(client)
        case .updateFailed(let key, let reason):
            if isWanted(key), trainings[key.client] == key { fail(key, reason) }
        case .timerFired(let timer):
            guard timers.remove(timer) != nil else { return }
            switch timer {
            case .training(let client, _):
                if let key = trainings[client] { fail(key, connected.contains(client) ? .deadline : .disconnected) }
            case .absence(let client, _):
                if !connected.contains(client), let key = trainings[client] { fail(key, .disconnected) }
            case .joining, .round: break
            }
        case .roundAggregated(round) where phase == .closing: aggregated = round
        case .roundCommitted(committed + 1):
            if phase == .closing, round == committed + 1 { aggregated = round }
            if committed < aggregated { committed += 1 }
        case .stopRequested:
            isStopping = true
            if phase == .filling { for key in trainings.values { fail(key, .stopped) } }
        default: break
        }
    }

    private mutating func fail(_ key: UpdateKey, _ reason: FailureReason) {
        trainings[key.client] = nil
        failed[key] = reason
    }

    private mutating func follow(_ directive: RoundDirective) throws {
        try check(phase != .over, "nothing is asked for after the end")
        switch directive {
        case .openRound(let next, let cohort):
            try check(next == aggregated + 1 && next <= plan.rounds && cohort.isEmpty, "buffers open in their order")
            try check(
                phase == .joining || committed + (plan.waitsForEvaluation ? 0 : 1) >= aggregated,
                "the record is never more than one model behind")
            (phase, round) = (.filling, next)
            for key in trainings.values where Int(next - key.round) > asynchrony.maximumStaleness { fail(key, .stale) }
        case .invite(let key):
            try check(connected.contains(key.client), "those are invited who are there")
            if let former = trainings[key.client] {
                try check(
                    key == UpdateKey(round: former.round, client: key.client, attempt: former.attempt + 1),
                    "who comes back goes on from its model")
            } else {
                try check(phase == .filling && key.round == round && key.attempt == 1, "with the newest model")
                try check(
                    invited[key.client, default: []].insert(key.round).inserted, "once with each model")
            }
            trainings[key.client] = key
            try check(trainings.count <= asynchrony.concurrency, "no more train than may at once")
        case .include(let key):
            trainings[key.client] = nil
            try check(
                included[key.client, default: []].insert(key.round).inserted, "an update counts once")
            try check(Int(round - key.round) <= asynchrony.maximumStaleness, "what is too old does not count")
            reported.append(key)
        case .discard: break
        case .startTimer(let timer, _):
            try check(timers.insert(timer).inserted, "a timer that starts was not running")
        case .stopTimer(let timer): timers.remove(timer)
        case .closeRound(let closure):
            try check(phase == .filling && !isStopping, "a buffer closes that is being filled")
            try check((plan.minimumUpdates...asynchrony.buffer).contains(closure.reported.count), "with enough in it")
            try ended(closure)
            phase = .closing
        case .abandonRound(let closure):
            try check(phase == .filling, "a buffer is abandoned that is being filled")
            try check(isStopping || closure.reported.count < plan.minimumUpdates, "and has too few updates")
            try ended(closure)
            phase = .abandoned
        case .finish(let outcome):
            try check(committed == aggregated, "a run ends when all its models are in the record")
            if outcome == .finished { try check(committed == plan.rounds, "a run is finished with its last model") }
            self.outcome = outcome
            phase = .over
        }
    }

    private mutating func ended(_ closure: CohortOutcome) throws {
        let place = { (key: UpdateKey) in (key.client, key.round) }
        let expected = CohortOutcome(
            round: round, reported: reported.sorted { place($0) < place($1) },
            failed: failed.map { .init(key: $0.key, reason: $0.value) }.sorted { place($0.key) < place($1.key) })
        try check(closure == expected, "all that has happened is in the closure: \(expected)")
        closures.append(closure)
        (reported, failed) = ([], [:])
    }

    private func checkNothingIsStuck() throws {
        try check(machine.joinedClients == joined.count, "all that joined are counted")
        switch phase {
        case .joining:
            try check(timers.contains(.joining) || joined.count >= plan.startingClients, "a run waits for its clients")
        case .filling:
            let oldest = trainings.values.map(\.round).min() ?? round
            try check(machine.oldestRound == oldest, "models are needed from \(oldest) on")
            let free = connected.filter { trainings[$0] == nil && invited[$0]?.contains(round) != true }
            try check(
                free.isEmpty || trainings.count == asynchrony.concurrency, "nobody who could train is left waiting")
            for (client, key) in trainings {
                try check(machine.waits(for: key), "\(key) is waited for")
                try check(timers.contains(.training(client, round: key.round)), "\(key) has a deadline")
            }
            try check(!trainings.isEmpty || timers.contains(.joining), "a buffer does not wait for ever")
            try check(timers.contains(.joining) == trainings.isEmpty, "it waits for somebody while nobody trains")
        case .closing, .abandoned:
            try check(!timers.contains(.joining), "nobody is waited for")
        case .over:
            break
        }
    }
}
