import Federation
import Settings
import Testing

/// How long a round may take.
@Suite struct DeadlineRuleTests {
    private func choice(_ type: any DeadlineRule.Type, _ settings: [(name: String, text: String)] = []) throws
        -> DeadlineChoice
    {
        DeadlineChoice(type, try SettingValues(type.settings, texts: settings))
    }

    @Test("By steps it falls to a part of itself, and no further than a least")
    func step() throws {
        let rule = try choice(
            StepDeadline.self,
            [
                (name: "deadline_decay", text: "0.5"), (name: "deadline_every", text: "3"),
                (name: "deadline_least", text: "9s"),
            ]
        ).make()
        let found = (1...UInt32(12)).map {
            rule.deadline(limit: .seconds(40), round: $0, cohort: 5, seconds: [])
        }
        let expected = [40, 40, 40, 20, 20, 20, 10, 10, 10, 9, 9, 9]
        #expect(found == expected.map { .seconds($0) })
        // Never longer than the limit, and never none.
        #expect(rule.deadline(limit: .seconds(5), round: 1, cohort: 5, seconds: []) == .seconds(5))
        #expect(rule.deadline(limit: .seconds(40), round: .max, cohort: 5, seconds: []) == .seconds(9))
    }

    @Test("A quantile of the clients' times, by their ranks, with its slack")
    func quantile() throws {
        let rule = try choice(
            QuantileDeadline.self, [(name: "deadline_quantile", text: "0.75"), (name: "deadline_slack", text: "2")]
        ).make()
        let deadline = { (seconds: [Double]) in
            rule.deadline(limit: .seconds(60), round: 2, cohort: 4, seconds: seconds)
        }
        #expect(deadline([4, 1, 3, 2]) == .seconds(6))
        #expect(deadline([4, 1, 3, 2, 8]) == .seconds(8))
        #expect(deadline([4, 1, 3, 2, 8, 50, 50, 50]) == .seconds(60))
        #expect(deadline([0, 0, 0, 0]) == .milliseconds(1))
        // Less than a round's clients say little.
        #expect(deadline([1, 1, 1]) == .seconds(60))
    }

    @Test("A machine goes by what it is told of clients, and by what the record says when it goes on")
    func machine() throws {
        let plan = RoundPlan(
            seed: 1, rounds: 3, clients: 3, cohort: 3,
            deadline: try choice(
                QuantileDeadline.self, [(name: "deadline_quantile", text: "0.6"), (name: "deadline_slack", text: "1")]),
            minimumUpdates: 1, deadlines: RoundDeadlines(round: .seconds(100)))
        #expect(plan.needsExperience)
        let clients = (0..<UInt32(3)).map { ClientID($0) }
        var machine = RoundMachine(plan: plan)
        func timers(_ directives: [RoundDirective]) -> [Duration] {
            directives.compactMap { if case .startTimer(.round, let time) = $0 { time } else { nil } }
        }
        func join(_ machine: inout RoundMachine) -> [RoundDirective] {
            machine.handle(.runStarted)
                + clients.flatMap { machine.handle(.clientJoined($0, examples: 5)) }
        }
        #expect(timers(join(&machine)) == [.seconds(100)])
        var experiences: [ClientID: Experience] = [:]
        for (client, seconds) in zip(clients, [7.0, 30, 2]) {
            let experience = Experience(round: 1, loss: 0.5, seconds: seconds)
            experiences[client] = experience
            _ = machine.handle(.experienced(client, experience))
            _ = machine.handle(.updateArrived(UpdateKey(round: 1, client: client, attempt: 1)))
        }
        #expect(timers(machine.handle(.roundCommitted(round: 1))) == [.seconds(7)])
        // One that was late says how long it was waited for, and nothing of its loss.
        _ = machine.handle(.experienced(clients[0], Experience(round: 2, seconds: 20)))
        for client in clients { _ = machine.handle(.updateArrived(UpdateKey(round: 2, client: client, attempt: 1))) }
        #expect(timers(machine.handle(.roundCommitted(round: 2))) == [.seconds(20)])
        var resumed = RoundMachine(plan: plan, committed: 1, experiences: experiences)
        #expect(timers(join(&resumed)) == [.seconds(7)])
    }
}
