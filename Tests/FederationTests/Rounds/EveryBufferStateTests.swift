import Federation
import Testing

/// Every state that a run of three clients and two buffers can reach, whatever happens in whatever order: clients come and go, report and
/// fail, twice or not at all; time is over; models are made and committed; somebody stops the run; the coordinator is
/// killed and goes on with its record, with those that trained or without.
@Suite struct EveryBufferStateTests {
    struct Situation {
        var run: CheckedBufferMachine
        var departures: Int
        var failures: Int
        var crashes = 1

        struct Key: Hashable {
            let state: CheckedBufferMachine.State
            let left: [Int]
        }

        var key: Key { Key(state: run.state, left: [departures, failures, crashes]) }
    }

    enum Step {
        case event(RoundEvent)
        /// The coordinator is killed, and goes on with the record.
        case crash(keepsTrainings: Bool)
    }

    struct Plan: Sendable, CustomTestStringConvertible {
        let plan: RoundPlan
        let asynchrony: Asynchrony
        var departures = 1
        var failures = 1

        var testDescription: String {
            "buffer \(asynchrony.buffer), \(asynchrony.concurrency) at once, staleness up to \(asynchrony.maximumStaleness)"
        }
    }

    private static let clients = (0..<UInt32(3)).map { ClientID($0) }

    static let plans = [
        Plan(
            plan: RoundPlan(seed: 1, rounds: 2, clients: 3, cohort: 2, minimumUpdates: 1),
            asynchrony: Asynchrony(buffer: 2, concurrency: 2, maximumStaleness: 1), failures: 0),
        Plan(
            plan: RoundPlan(seed: 1, rounds: 2, clients: 3, startingClients: 2, cohort: 1, minimumUpdates: 1),
            asynchrony: Asynchrony(buffer: 1, concurrency: 3, maximumStaleness: 0), failures: 0),
        Plan(
            plan: RoundPlan(
                seed: 1, rounds: 2, clients: 3, cohort: 3, minimumUpdates: 2, waitsForEvaluation: true),
            asynchrony: Asynchrony(buffer: 3, concurrency: 2, maximumStaleness: 2)),
    ]

    @Test(
        "The rules of a run hold in every state that it can reach, and each is on the way to an end", arguments: plans)
    func everyState(plan: Plan) throws {
        var seen: Set<Situation.Key> = []
        var outcomes: Set<String> = []
        var open = [
            Situation(
                run: try CheckedBufferMachine(plan: plan.plan, plan.asynchrony), departures: plan.departures,
                failures: plan.failures)
        ]
        while let situation = open.popLast() {
            for step in steps(situation) {
                var next = situation
                try take(step, &next)
                guard seen.insert(next.key).inserted else { continue }
                if let outcome = next.run.outcome {
                    outcomes.insert("\("\(outcome)".prefix { $0 != "(" })")
                } else {
                    try checkThatItEnds(next)
                }
                open.append(next)
            }
        }
        print("\(seen.count) states of a run with a buffer of \(plan.asynchrony.buffer)")
        #expect(seen.count > 10_000)
        #expect(outcomes.isSuperset(of: ["finished", "stopped", "tooFewClients", "tooFewUpdates"]))
    }

    private func steps(_ situation: Situation) -> [Step] {
        let run = situation.run
        var steps: [Step] = []
        if situation.crashes > 0 {
            steps.append(.crash(keepsTrainings: false))
            // That is in the record together with the model.
            if run.phase == .filling, run.committed == run.aggregated { steps.append(.crash(keepsTrainings: true)) }
        }
        guard run.phase != .over else { return steps }
        for client in Self.clients {
            if run.connected.contains(client) {
                if situation.departures > 0 { steps.append(.event(.clientLeft(client))) }
            } else {
                steps.append(.event(.clientJoined(client, examples: 10)))
            }
            var keys = [UpdateKey(round: max(1, run.round), client: client, attempt: 1)]
            if let key = run.trainings[client] {
                keys += [key, UpdateKey(round: key.round, client: client, attempt: key.attempt + 1)]
            }
            for key in Set(keys) {
                if !run.machine.isFull { steps.append(.event(.updateArrived(key))) }
                if situation.failures > 0 { steps.append(.event(.updateFailed(key, .diverged))) }
            }
        }
        steps += run.timers.map { .event(.timerFired($0)) }
        if run.phase == .closing, run.aggregated < run.round {
            steps.append(.event(.roundAggregated(round: run.round)))
        }
        if run.committed < max(run.aggregated, run.phase == .closing ? run.round : 0) {
            steps.append(.event(.roundCommitted(round: run.committed + 1)))
        }
        steps.append(.event(.stopRequested))
        return steps
    }

    private func take(_ step: Step, _ situation: inout Situation) throws {
        switch step {
        case .event(let event):
            if case .clientLeft = event { situation.departures -= 1 }
            if case .updateFailed = event { situation.failures -= 1 }
            try situation.run.handle(event)
        case .crash(let keepsTrainings):
            situation.crashes -= 1
            let run = situation.run
            situation.run = try CheckedBufferMachine(
                plan: run.plan, run.asynchrony, committed: run.committed,
                resuming: keepsTrainings ? run.machine.ongoingTrainings : nil)
        }
    }

    /// When nothing else happens any more, time and commits alone bring the run to its end.
    private func checkThatItEnds(_ situation: Situation) throws {
        var situation = situation
        for _ in 0..<40 {
            let run = situation.run
            guard run.phase != .over else { return }
            if run.phase == .closing, run.aggregated < run.round {
                try take(.event(.roundAggregated(round: run.round)), &situation)
            } else if run.committed < run.aggregated {
                try take(.event(.roundCommitted(round: run.committed + 1)), &situation)
            } else if let timer = run.timers.min(by: { "\($0)" < "\($1)" }) {
                try take(.event(.timerFired(timer)), &situation)
            } else {
                break
            }
        }
        try #require(situation.run.phase == .over, "a run that does not end: \(situation.run.state)")
    }
}
