import Federation
import Testing

/// A run that begins with some of its clients, and rounds that choose among those who are there.
struct RoundMachinePresenceTests {
    private static let deadlines = RoundDeadlines(joining: .seconds(5), round: .seconds(9), absence: .seconds(2))

    private func plan(startingClients: Int, selection: any SelectionRule.Type, minimum: Int = 1) -> RoundPlan {
        RoundPlan(
            seed: 1, rounds: 3, clients: 4, startingClients: startingClients, cohort: 2,
            selection: SelectionChoice(selection), minimumUpdates: minimum, deadlines: Self.deadlines)
    }

    @Test("A client that has never come is missing where it is selected, and nobody waits for it")
    func neverCame() throws {
        let plan = plan(startingClients: 1, selection: RoundRobinSelection.self)
        var machine = RoundMachine.begun(plan)
        let (first, second) = (try #require(plan.selected(in: 1)), try #require(plan.selected(in: 2)))
        #expect(Set(first + second).count == 4)
        let directives = machine.handle(.join(first[0].rawValue))
        #expect(directives.contains(.openRound(round: 1, cohort: first)))
        // The other has failed: with the update of this one the round is over.
        #expect(
            machine.tell(.update(1, first[0].rawValue)).last
                == .closeRound(
                    CohortOutcome(
                        round: 1, reported: [.key(1, first[0].rawValue)],
                        failed: [.init(key: .key(1, first[1].rawValue, 0), reason: .disconnected)])))
        _ = machine.tell(.join(second[0].rawValue))
        #expect(machine.tell(.roundAggregated(round: 1)).contains(.invite(2, second[0].rawValue)))
    }

    @Test("Those who are there are chosen; a round waits for as many as it selects, and then for as many as it needs")
    func available() {
        var machine = RoundMachine.begun(
            plan(startingClients: 1, selection: AvailableSelection.self, minimum: 1))
        #expect(machine.handle(.join(3)) == [.stopTimer(.joining), .startTimer(.joining, .seconds(5))])
        #expect(machine.handle(.join(1)).contains(.open(1, [1, 3])))
        _ = machine.tell([.update(1, 1), .update(1, 3), .leave(1)])
        #expect(machine.handle(.roundAggregated(round: 1)) == [.startTimer(.joining, .seconds(5))])
        #expect(machine.handle(.roundCommitted(round: 1)).isEmpty)
        // One is enough for a round when nobody else comes in time.
        #expect(machine.handle(.timerFired(.joining)).contains(.open(2, [3])))
        _ = machine.tell([.update(2, 3), .leave(3), .roundAggregated(round: 2), .roundCommitted(round: 2)])
        #expect(
            machine.handle(.timerFired(.joining)) == [.finish(.tooFewClients(joined: 0, needed: 1))])
    }

    @Test("A run that waits can be stopped")
    func stopped() {
        var machine = RoundMachine.begun(plan(startingClients: 1, selection: AvailableSelection.self))
        _ = machine.handle(.join(0))
        #expect(machine.handle(.stopRequested) == [.stopTimer(.joining), .finish(.stopped)])
    }
}
