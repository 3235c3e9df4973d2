import Federation
import Randomness
import Testing

/// Runs to which anything may happen. Each seed is one run, the same each time.
struct RoundMachinePropertyTests {
    /// What the generated runs went through, so that a test can tell that they went through everything.
    private struct Coverage {
        var outcomes: Set<String> = []
        var reasons: Set<FailureReason> = []
        var dispositions: Set<UpdateDisposition> = []
        var invitations = 0
        var returns = 0
        var closedRounds = 0
        /// Failures of an attempt whose client had been invited again.
        var staleFailures = 0

        mutating func note(_ event: RoundEvent, in run: CheckedMachine) {
            guard case .updateFailed(let key, _) = event, run.disposition(of: key) == .wanted else { return }
            if key.attempt != run.attempts[key.client] { staleFailures += 1 }
        }

        mutating func note(_ directives: [RoundDirective]) {
            for directive in directives {
                switch directive {
                case .invite(let key) where key.attempt > 1: returns += 1
                case .invite: invitations += 1
                case .discard(_, let disposition): dispositions.insert(disposition)
                case .closeRound(let closure):
                    closedRounds += 1
                    reasons.formUnion(closure.failed.map(\.reason))
                case .abandonRound(let closure): reasons.formUnion(closure.failed.map(\.reason))
                case .finish(let outcome): outcomes.insert("\("\(outcome)".prefix { $0 != "(" })")
                case .openRound, .startTimer, .stopTimer, .include: break
                }
            }
        }
    }

    @Test("Whatever happens in whatever order, the rules of a run hold, and it comes to an end")
    func anything() throws {
        var coverage = Coverage()
        for seed in 0..<3000 as Range<UInt64> {
            var generator = EventGenerator(seed: seed)
            var run = try CheckedMachine(plan: generator.plan())
            for _ in 0..<(generator.chance(1, in: 4) ? 30 : 120) {
                let event = generator.event(for: run)
                coverage.note(event, in: run)
                coverage.note(try run.handle(event))
            }
            // Now no more trouble: all that is needed for an end are updates, deadlines and commits.
            let onlyDeadlines = generator.chance(1, in: 3)
            var steps = 0
            while run.phase != .over {
                steps += 1
                guard steps < 200 else {
                    Issue.record("the run of seed \(seed) does not end")
                    return
                }
                let isDeadline = onlyDeadlines && run.phase == .collecting
                let event =
                    isDeadline ? RoundEvent.timerFired(.round(run.round)) : generator.progress(of: run)
                coverage.note(try run.handle(event))
            }
            for _ in 0..<5 { try run.handle(generator.event(for: run)) }
        }
        #expect(coverage.outcomes == ["finished", "stopped", "targetReached", "tooFewClients", "tooFewUpdates"])
        #expect(coverage.reasons == Set(FailureReason.allCases).subtracting([.stale]))
        #expect(coverage.dispositions == [.duplicate, .late, .uninvited])
        #expect(coverage.invitations > 5000)
        #expect(coverage.returns > 1000)
        #expect(coverage.staleFailures > 100)
        #expect(coverage.closedRounds > 1000)
    }

    // MARK: What the course of a run depends on

    private let plan = RoundPlan(seed: 11, rounds: 8, clients: 9, cohort: 4, minimumUpdates: 1)

    /// The updates that are to be included: those of the first of a cohort and of three in four others.
    private func isIncluded(_ client: ClientID, in round: UInt32, of cohort: [ClientID], _ choice: UInt64) -> Bool {
        var stream = RandomStream(seed: choice, purpose: .dropout, round: round, client: client.rawValue)
        return stream.below(4) > 0 || client == cohort.first
    }

    /// A run of ``plan`` that includes the updates of `choice`, with the troubles of `seed` on the way.
    private func run(_ choice: UInt64, troubles seed: UInt64) throws -> CheckedMachine {
        var generator = EventGenerator(seed: seed)
        var run = try CheckedMachine(plan: plan)
        while let client = generator.any(plan.population.subtracting(run.connected)) {
            try run.handle(.clientJoined(client, examples: 1))
        }
        var steps = 0
        while run.phase != .over, steps < 10_000 {
            steps += 1
            guard run.phase == .collecting, let cohort = run.cohorts.last else {
                // Those that left come back before the next round, which would not wait for them.
                for client in plan.population.subtracting(run.connected).sorted() {
                    try run.handle(.clientJoined(client, examples: 1))
                }
                if run.aggregated < run.round, generator.chance(1, in: 2) {
                    try run.handle(.roundAggregated(round: run.round))
                } else {
                    try run.handle(.roundCommitted(round: run.committed + 1))
                }
                continue
            }
            let included = run.outstanding.filter { isIncluded($0, in: run.round, of: cohort, choice) }
            if generator.chance(1, in: 2), let client = generator.any(plan.population) {
                try run.handle(
                    run.connected.contains(client) ? .clientLeft(client) : .clientJoined(client, examples: 1))
            } else if included.isEmpty {
                try run.handle(.timerFired(.round(run.round)))
            } else if let client = generator.any(run.outstanding) {
                try settle(client, as: included.contains(client), in: &run, &generator)
            }
        }
        return run
    }

    /// Lets a client report or fail, in one of the ways that there are.
    private func settle(
        _ client: ClientID, as isIncluded: Bool, in run: inout CheckedMachine, _ generator: inout EventGenerator
    ) throws {
        if !run.connected.contains(client) { try run.handle(.clientJoined(client, examples: 1)) }
        let latest = UpdateKey(round: run.round, client: client, attempt: run.attempts[client] ?? 0)
        guard !isIncluded else {
            let attempt = generator.any(1...latest.attempt) ?? 1
            try run.handle(.updateArrived(UpdateKey(round: run.round, client: client, attempt: attempt)))
            if generator.chance(1, in: 3) { try run.handle(.updateArrived(latest)) }
            return
        }
        if generator.chance(1, in: 2) {
            try run.handle(.updateFailed(latest, .diverged))
        } else {
            try run.handle(.clientLeft(client))
            try run.handle(.timerFired(.absence(client, absence: run.absences[client] ?? 0)))
            try run.handle(.updateArrived(latest))
        }
    }

    @Test(
        "Runs that include the same updates have the same rounds, whatever else happened",
        arguments: 0..<5 as Range<UInt64>)
    func sameUpdates(choice: UInt64) throws {
        func included(_ run: CheckedMachine) -> [[ClientID]] { run.closures.map { $0.reported.map(\.client) } }
        let first = try run(choice, troubles: 0)
        #expect(first.outcome == .finished && first.closures.count == 8)
        #expect(included(first).contains { $0.count < 4 })
        var attempts: Set<[[UInt32]]> = []
        for troubles in 1...40 as ClosedRange<UInt64> {
            let other = try run(choice, troubles: troubles)
            #expect(other.outcome == .finished)
            #expect(other.cohorts == first.cohorts)
            #expect(included(other) == included(first))
            attempts.insert(other.closures.map { $0.reported.map(\.attempt) })
        }
        // They were not all the same run.
        #expect(attempts.count > 20)
    }

    @Test("Cohorts do not depend on who reports")
    func sameCohorts() throws {
        let cohorts = try run(0, troubles: 0).cohorts
        for choice in 1...10 as ClosedRange<UInt64> {
            #expect(try run(choice, troubles: choice).cohorts == cohorts)
        }
    }
}

extension RoundPlan {
    /// All clients of the run.
    fileprivate var population: Set<ClientID> { Set((0..<UInt32(clients)).map { ClientID($0) }) }
}
