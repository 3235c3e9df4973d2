import Federation
import Testing

/// What a run waits for, and how long.
struct RoundTimerTests {
    private static let deadlines = RoundDeadlines(joining: .seconds(5), round: .seconds(9), absence: .seconds(2))
    private var machine = RoundMachine(
        plan: RoundPlan(seed: 1, rounds: 2, clients: 2, cohort: 2, minimumUpdates: 1, deadlines: deadlines))

    @Test("A run that has its clients before it begins waits for none")
    mutating func there() {
        #expect(machine.handle(.join(0)).isEmpty && machine.handle(.join(1)).isEmpty)
        #expect(
            machine.handle(.runStarted) == [
                .open(1, [0, 1]), .startTimer(.round(1), .seconds(9)), .invite(1, 0), .invite(1, 1),
            ])
    }

    @Test("A run waits for its clients, and then for each round")
    mutating func rounds() {
        #expect(machine.handle(.runStarted) == [.startTimer(.joining, .seconds(5))])
        #expect(machine.handle(.join(0)).isEmpty)
        #expect(
            machine.handle(.join(1)) == [
                .stopTimer(.joining), .open(1, [0, 1]), .startTimer(.round(1), .seconds(9)), .invite(1, 0),
                .invite(1, 1),
            ])
        #expect(machine.handle(.update(1, 0)) == [.include(1, 0)])
        #expect(
            machine.handle(.update(1, 1)) == [
                .include(1, 1), .stopTimer(.round(1)), .closeRound(.of(1, reported: [.key(1, 0), .key(1, 1)])),
            ])
        #expect(
            machine.handle(.roundAggregated(round: 1)) == [
                .open(2, [0, 1]), .startTimer(.round(2), .seconds(9)), .invite(2, 0), .invite(2, 1),
            ])
        #expect(machine.handle(.stopRequested).first == .stopTimer(.round(2)))
    }

    @Test("A round waits for a client that left, until it is back")
    mutating func absences() {
        _ = machine.handle(.runStarted)
        _ = machine.handle(.join(0))
        _ = machine.handle(.join(1))
        let (first, second) = (
            RoundTimer.absence(ClientID(1), absence: 1), RoundTimer.absence(ClientID(1), absence: 2)
        )
        #expect(machine.handle(.leave(1)) == [.startTimer(first, .seconds(2))])
        #expect(machine.handle(.join(1)) == [.stopTimer(first), .invite(1, 1, 2)])
        #expect(machine.handle(.leave(1)) == [.startTimer(second, .seconds(2))])
        #expect(machine.handle(.timerFired(second)).isEmpty)
        // It is not awaited any more.
        #expect(machine.handle(.join(1)).isEmpty)
    }

    @Test("The time of joining or of a round ends what it is for")
    mutating func ends() {
        _ = machine.handle(.runStarted)
        _ = machine.handle(.join(0))
        var lonely = machine
        #expect(lonely.handle(.timerFired(.joining)) == [.finish(.tooFewClients(joined: 1, needed: 2))])
        _ = machine.handle(.join(1))
        _ = machine.handle(.update(1, 0))
        #expect(machine.handle(.timerFired(.round(1))).contains { if case .closeRound = $0 { true } else { false } })
    }
}
