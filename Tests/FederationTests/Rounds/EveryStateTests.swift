import Federation
import Testing

/// Every state that a run of three clients and two rounds can reach, whatever happens in whatever order: clients come and go,
/// report and fail, in time or late, twice or not at all; time is over; models are made and committed, together or one after
/// the other; somebody stops the run; the coordinator is killed and goes on with its record.
@Suite struct EveryStateTests {
    /// A run with what has become of it, and how much may still happen that could go on for ever.
    struct Situation {
        var run: CheckedMachine
        /// The rounds in the record, each with its updates: what outlives a crash.
        var record: [UInt32: [UpdateKey]] = [:]
        var isTargetReached = false
        var departures: Int
        var crashes: Int

        struct Key: Hashable {
            let state: CheckedMachine.State
            let record: [UInt32: [UpdateKey]]
            let left: [Int]
        }

        var key: Key { Key(state: run.state, record: record, left: [departures, crashes]) }
    }

    /// What may happen next.
    enum Step {
        case event(RoundEvent)
        /// A round's commit, and whether its evaluation reaches the target.
        case commit(UInt32, reachesTarget: Bool)
        /// The coordinator is killed, and goes on with the record.
        case crash
    }

    private static let clients = (0..<UInt32(3)).map { ClientID($0) }

    static let plans = [
        RoundPlan(seed: 1, rounds: 2, clients: 3, cohort: 3, minimumUpdates: 2),
        RoundPlan(seed: 1, rounds: 2, clients: 3, cohort: 2, minimumUpdates: 1, waitsForEvaluation: true),
        RoundPlan(seed: 1, rounds: 2, clients: 3, cohort: 3, wantedUpdates: 2, minimumUpdates: 2),
        RoundPlan(
            seed: 1, rounds: 2, clients: 3, startingClients: 1, cohort: 2,
            selection: SelectionChoice(AvailableSelection.self),
            minimumUpdates: 1),
    ]

    @Test(
        "The rules of a run hold in every state that it can reach, and each is on the way to an end", arguments: plans)
    func everyState(plan: RoundPlan) throws {
        var seen: Set<Situation.Key> = []
        var outcomes: Set<String> = []
        var open = [Situation(run: try CheckedMachine(plan: plan), departures: plan.cohort == 3 ? 1 : 2, crashes: 1)]
        while let situation = open.popLast() {
            for step in steps(situation) {
                var next = situation
                try take(step, &next)
                guard seen.insert(next.key).inserted else { continue }
                if let outcome = next.run.outcome {
                    outcomes.insert("\("\(outcome)".prefix { $0 != "(" })")
                    try checkTheEnd(next)
                } else {
                    try checkThatItEnds(next)
                }
                open.append(next)
            }
        }
        print("\(seen.count) states of a run with a cohort of \(plan.cohort)")
        #expect(seen.count > 10_000)
        #expect(outcomes.isSuperset(of: ["finished", "stopped", "tooFewClients", "tooFewUpdates"]))
        #expect(outcomes.contains("targetReached") == plan.waitsForEvaluation)
    }

    private func steps(_ situation: Situation) -> [Step] {
        let run = situation.run
        var steps: [Step] = situation.crashes > 0 ? [.crash] : []
        // Whatever comes after the end is passed over.
        guard run.phase != .over else { return steps }
        for client in Self.clients {
            if run.connected.contains(client) {
                if situation.departures > 0 { steps.append(.event(.clientLeft(client))) }
            } else {
                steps.append(.event(.clientJoined(client, examples: 10)))
            }
            // Each attempt of this round, one that there never was, and one of the round before.
            let attempts = run.attempts[client, default: 0]
            var keys = (1...(attempts + 1)).map { UpdateKey(round: max(1, run.round), client: client, attempt: $0) }
            if run.round > 1 { keys.append(UpdateKey(round: run.round - 1, client: client, attempt: 1)) }
            for key in keys {
                steps.append(.event(.updateArrived(key)))
                steps.append(.event(.updateFailed(key, .diverged)))
            }
        }
        steps += run.timers.map { .event(.timerFired($0)) }
        if run.phase == .closing, run.aggregated < run.round {
            steps.append(.event(.roundAggregated(round: run.round)))
        }
        // A shell that makes and commits a model at once says it once.
        if run.committed < max(run.aggregated, run.phase == .closing ? run.round : 0) {
            steps.append(.commit(run.committed + 1, reachesTarget: false))
            if run.plan.waitsForEvaluation { steps.append(.commit(run.committed + 1, reachesTarget: true)) }
        }
        steps.append(.event(.stopRequested))
        return steps
    }

    private func take(_ step: Step, _ situation: inout Situation) throws {
        switch step {
        case .event(let event):
            if case .clientLeft = event { situation.departures -= 1 }
            try situation.run.handle(event)
        case .commit(let round, let reachesTarget):
            // In the record first: that a machine is not told of it any more changes nothing.
            try #require(situation.record[round] == nil, "a round is committed once")
            let outcome = try #require(situation.run.closures.last { $0.round == round })
            try #require(Set(outcome.reported.map(\.client)).count == outcome.reported.count)
            situation.record[round] = outcome.reported
            if reachesTarget {
                situation.isTargetReached = true
                try situation.run.handle(.endReached(.target))
            }
            try situation.run.handle(.roundCommitted(round: round))
        case .crash:
            situation.crashes -= 1
            situation.run = try CheckedMachine(
                plan: situation.run.plan, committed: UInt32(situation.record.count),
                isTargetReached: situation.isTargetReached)
        }
    }

    /// A run that is over has its rounds in the record, without a gap, and none that does not count.
    private func checkTheEnd(_ situation: Situation) throws {
        let run = situation.run
        try #require(situation.record.keys.sorted() == Array(1..<(run.committed + 1)))
        for (round, updates) in situation.record {
            try #require(updates.count >= run.plan.minimumUpdates && updates.allSatisfy { $0.round == round })
        }
        if run.outcome == .finished { try #require(run.committed == run.plan.rounds) }
    }

    /// When nothing else happens any more, time and commits alone bring the run to its end.
    private func checkThatItEnds(_ situation: Situation) throws {
        var situation = situation
        for _ in 0..<12 {
            let run = situation.run
            guard run.phase != .over else { return }
            if run.timers.contains(.joining) {
                try take(.event(.timerFired(.joining)), &situation)
            } else if run.phase == .collecting {
                try take(.event(.timerFired(.round(run.round))), &situation)
            } else if run.aggregated < run.round, run.phase == .closing {
                try take(.event(.roundAggregated(round: run.round)), &situation)
            } else {
                try take(.commit(run.committed + 1, reachesTarget: false), &situation)
            }
        }
        try #require(situation.run.phase == .over, "a run that does not end: \(situation.run.state)")
    }
}
