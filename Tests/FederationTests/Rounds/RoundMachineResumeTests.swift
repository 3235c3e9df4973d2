import Federation
import Testing

/// A run that goes on from its record.
struct RoundMachineResumeTests {
    private static let plan = RoundPlan(seed: 7, rounds: 6, clients: 9, cohort: 4, minimumUpdates: 1)

    private func join(_ machine: inout RoundMachine) -> [RoundDirective] {
        machine.tell((0..<9).map { RoundEvent.join($0) })
    }

    @Test("It opens the round after the last committed one, with the cohort that the whole run has", arguments: 0..<6)
    func nextRound(committed: UInt32) throws {
        var machine = RoundMachine(plan: Self.plan, committed: committed)
        #expect(machine.tell(.runStarted).isEmpty)
        let cohort = try #require(Self.plan.selected(in: committed + 1))
        #expect(join(&machine).first == .openRound(round: committed + 1, cohort: cohort))
        let updates = cohort.map { RoundEvent.updateArrived(UpdateKey(round: committed + 1, client: $0, attempt: 1)) }
        let end = machine.tell(
            updates + [.roundAggregated(round: committed + 1), .roundCommitted(round: committed + 1)])
        #expect(
            committed == 5
                ? end.last == .finish(.finished)
                : end.contains(
                    .openRound(
                        round: committed + 2, cohort: try #require(Self.plan.selected(in: committed + 2)))))
    }

    @Test("Late news of rounds that are in the record changes nothing")
    func lateNews() throws {
        var machine = RoundMachine(plan: Self.plan, committed: 3)
        _ = machine.tell(.runStarted)
        _ = join(&machine)
        let client = try #require(Self.plan.selected(in: 3)).first ?? ClientID(0)
        let key = UpdateKey(round: 3, client: client, attempt: 1)
        #expect(machine.tell(.updateArrived(key)) == [.discard(key, .late)])
        #expect(machine.tell([.roundAggregated(round: 3), .roundCommitted(round: 3)]).isEmpty)
    }

    @Test("A run whose record is whole ends without its clients")
    func whole() {
        var finished = RoundMachine(plan: Self.plan, committed: 6)
        #expect(finished.tell(.runStarted) == [.finish(.finished)])
        #expect(join(&finished).isEmpty)
        var reached = RoundMachine(plan: Self.plan, committed: 2, end: .target)
        #expect(reached.tell(.runStarted) == [.finish(.targetReached(round: 2))])
    }
}
