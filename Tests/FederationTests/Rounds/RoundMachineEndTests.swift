import Federation
import Testing

/// Deadlines of rounds, requests to stop, and the end of a run.
struct RoundMachineEndTests {
    // MARK: The round's deadline

    @Test("At its deadline a round closes with what it has, if that is enough")
    func deadlineMet() {
        var machine = RoundMachine.collecting(clients: 4, minimum: 2)
        _ = machine.tell([.update(1, 0), .update(1, 2), .leave(3)])
        #expect(
            machine.tell(.timerFired(.round(1))) == [
                .closeRound(
                    .of(
                        1, reported: [.key(1, 0), .key(1, 2)],
                        failed: [(.key(1, 1), .deadline), (.key(1, 3), .disconnected)]))
            ])
        #expect(machine.tell(.update(1, 1)) == [.discard(.key(1, 1), .late)])
        #expect(machine.tell(.timerFired(.round(1))).isEmpty)
        #expect(machine.tell(.roundCommitted(round: 1)).first == .open(2, [0, 1, 2, 3]))
    }

    @Test("At its deadline a round with too few updates is abandoned, and the run ends")
    func deadlineNotMet() {
        var machine = RoundMachine.collecting(clients: 3, minimum: 2)
        #expect(machine.tell(.update(1, 2)) == [.include(1, 2)])
        let closure = CohortOutcome.of(
            1, reported: [.key(1, 2)], failed: [(.key(1, 0), .deadline), (.key(1, 1), .deadline)])
        #expect(
            machine.tell(.timerFired(.round(1))) == [
                .abandonRound(closure), .finish(.tooFewUpdates(closure, minimum: 2)),
            ])
    }

    @Test("Too many failures end the run before the deadline")
    func tooManyFailures() {
        var machine = RoundMachine.collecting(clients: 2, minimum: 2)
        #expect(machine.tell(.failure(1, 0)).isEmpty)
        let closure = CohortOutcome.of(1, reported: [.key(1, 1)], failed: [(.key(1, 0), .diverged)])
        #expect(
            machine.tell(.update(1, 1)) == [
                .include(1, 1), .abandonRound(closure), .finish(.tooFewUpdates(closure, minimum: 2)),
            ])
    }

    @Test("The deadline of another round changes nothing")
    func staleRoundDeadline() {
        var machine = RoundMachine.waiting(clients: 2)
        #expect(machine.tell(.timerFired(.round(1))).isEmpty)
        _ = machine.tell([.join(0), .join(1)])
        #expect(machine.tell([.timerFired(.round(0)), .timerFired(.round(2))]).isEmpty)
        _ = machine.tell([.update(1, 0), .update(1, 1)])
        #expect(machine.tell(.timerFired(.round(1))).isEmpty)
        _ = machine.tell(.roundCommitted(round: 1))
        #expect(machine.tell(.timerFired(.round(1))).isEmpty)
        #expect(machine.disposition(of: .key(2, 0)) == .wanted)
    }

    // MARK: Joining

    @Test("A run whose clients do not all join in time ends")
    func joinDeadline() {
        var machine = RoundMachine.waiting(clients: 3)
        // One that came and went has joined.
        _ = machine.tell([.join(2), .join(0), .leave(0)])
        #expect(machine.tell(.timerFired(.joining)) == [.finish(.tooFewClients(joined: 2, needed: 3))])
    }

    @Test("Once the run has begun the deadline for joining is of no interest")
    func lateJoinDeadline() {
        var machine = RoundMachine.collecting(clients: 2)
        #expect(machine.tell(.timerFired(.joining)).isEmpty)
        _ = machine.tell([.update(1, 0), .update(1, 1)])
        #expect(machine.tell(.timerFired(.joining)).isEmpty)
        #expect(machine.tell(.roundCommitted(round: 1)).count == 3)
    }

    @Test("A run in which no client has examples ends in its first round")
    func noExamples() {
        var machine = RoundMachine.waiting(clients: 2)
        #expect(machine.tell(.clientJoined(ClientID(0), examples: 0)).isEmpty)
        #expect(
            machine.tell(.clientJoined(ClientID(1), examples: 0)) == [
                .open(1, []), .abandonRound(.of(1, reported: [])),
                .finish(.tooFewUpdates(.of(1, reported: []), minimum: 1)),
            ])
    }

    // MARK: Stopping

    @Test("A stop while clients join ends the run")
    func stopJoining() {
        var machine = RoundMachine.waiting(clients: 2)
        #expect(machine.tell([.join(0), .stopRequested]) == [.finish(.stopped)])
    }

    @Test("A stop in a round abandons it")
    func stopCollecting() {
        var machine = RoundMachine.collecting(clients: 4)
        _ = machine.tell([.update(1, 1), .failure(1, 3), .leave(0)])
        #expect(
            machine.tell(.stopRequested) == [
                .abandonRound(
                    .of(
                        1, reported: [.key(1, 1)],
                        failed: [(.key(1, 0), .stopped), (.key(1, 2), .stopped), (.key(1, 3), .diverged)])),
                .finish(.stopped),
            ])
    }

    @Test("A stop in a round waits until the one before is in the record")
    func stopAhead() {
        var machine = RoundMachine.collecting(clients: 1, rounds: 3)
        _ = machine.tell([.update(1, 0), .roundAggregated(round: 1)])
        #expect(
            machine.tell(.stopRequested) == [.abandonRound(.of(2, reported: [], failed: [(.key(2, 0), .stopped)]))])
        #expect(machine.tell([.stopRequested, .leave(0), .join(0)]).isEmpty)
        #expect(machine.disposition(of: .key(2, 0)) == .late)
        #expect(machine.tell(.roundCommitted(round: 1)) == [.finish(.stopped)])
    }

    @Test("A stop while a round is being committed waits for that")
    func stopClosing() {
        var machine = RoundMachine.collecting(clients: 1, rounds: 3)
        _ = machine.tell(.update(1, 0))
        #expect(machine.tell([.stopRequested, .stopRequested]).isEmpty)
        #expect(machine.tell(.roundCommitted(round: 1)) == [.finish(.stopped)])
    }

    @Test("A run that is asked to stop while it commits its last round has finished")
    func stopAtTheEnd() {
        var machine = RoundMachine.collecting(clients: 1, rounds: 1)
        #expect(machine.tell([.update(1, 0), .stopRequested]).count == 2)
        #expect(machine.tell(.roundCommitted(round: 1)) == [.finish(.finished)])
    }

    // MARK: After the end

    @Test("After the end nothing is asked for any more")
    func over() {
        var finished = RoundMachine.collecting(clients: 2, rounds: 1)
        #expect(
            finished.tell([.update(1, 0), .update(1, 1), .roundCommitted(round: 1)]).last == .finish(.finished))
        var stopped = RoundMachine.collecting(clients: 2)
        #expect(stopped.tell(.stopRequested).last == .finish(.stopped))
        var lonely = RoundMachine.waiting(clients: 2)
        #expect(lonely.tell([.join(0), .timerFired(.joining)]).count == 1)
        let events: [RoundEvent] = [
            .leave(0), .join(0), .join(1), .join(2), .leave(1), .absencePassed(0, 1), .absencePassed(1, 1),
            .update(1, 0), .update(1, 1), .update(1, 1, 2), .update(2, 0), .failure(1, 0), .failure(1, 1),
            .timerFired(.round(1)), .roundCommitted(round: 1), .roundCommitted(round: 2),
            .timerFired(.joining), .stopRequested,
        ]
        for event in events {
            #expect(finished.tell(event).isEmpty, "\(event)")
            #expect(stopped.tell(event).isEmpty, "\(event)")
            #expect(lonely.tell(event).isEmpty, "\(event)")
        }
        #expect(finished.disposition(of: .key(1, 0)) == .late)
    }
}
