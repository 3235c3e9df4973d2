import Federation
import Testing

/// Clients that lose their connection.
struct RoundMachineAbsenceTests {
    @Test("A client that comes back in time is invited again")
    func comesBack() {
        var machine = RoundMachine.collecting()
        #expect(machine.tell(.leave(1)) == [.absence(1, 1)])
        #expect(machine.tell(.join(1)) == [.invite(1, 1, 2)])
        #expect(machine.tell(.leave(1)) == [.absence(1, 2)])
        #expect(machine.tell(.join(1)) == [.invite(1, 1, 3)])
        #expect(machine.tell([.update(1, 0), .update(1, 2)]) == [.include(1, 0), .include(1, 2)])
        #expect(
            machine.tell(.update(1, 1, 3)) == [
                .include(1, 1, 3), .closeRound(.of(1, reported: [.key(1, 0), .key(1, 1, 3), .key(1, 2)])),
            ])
        // Attempts are counted anew in each round.
        #expect(machine.tell(.roundCommitted(round: 1)).contains(.invite(2, 1, 1)))
    }

    @Test("A client that does not come back in time is given up")
    func givenUp() {
        var machine = RoundMachine.collecting()
        #expect(machine.tell([.update(1, 0), .leave(1)]) == [.include(1, 0), .absence(1, 1)])
        #expect(machine.tell(.absencePassed(1, 1)).isEmpty)
        #expect(machine.tell(.join(1)).isEmpty)
        #expect(machine.tell(.update(1, 1)) == [.discard(.key(1, 1), .late)])
        #expect(
            machine.tell(.update(1, 2)) == [
                .include(1, 2),
                .closeRound(
                    .of(1, reported: [.key(1, 0), .key(1, 2)], failed: [(.key(1, 1), .disconnected)])),
            ])
    }

    @Test("The end of its absence closes the round when it was the last")
    func lastGivenUp() {
        var machine = RoundMachine.collecting(clients: 2)
        _ = machine.tell([.leave(1), .update(1, 0)])
        #expect(
            machine.tell(.absencePassed(1, 1)) == [
                .closeRound(.of(1, reported: [.key(1, 0)], failed: [(.key(1, 1), .disconnected)]))
            ])
    }

    @Test("The deadline of an earlier absence is of no interest")
    func staleDeadline() {
        var machine = RoundMachine.collecting(clients: 2)
        #expect(machine.tell([.leave(1), .join(1)]) == [.absence(1, 1), .invite(1, 1, 2)])
        // It is back.
        #expect(machine.tell(.absencePassed(1, 1)).isEmpty)
        #expect(machine.disposition(of: .key(1, 1, 2)) == .wanted)
        // It is away again, for its second time.
        #expect(machine.tell(.leave(1)) == [.absence(1, 2)])
        #expect(machine.tell([.absencePassed(1, 1), .absencePassed(1, 3), .absencePassed(1, 0)]).isEmpty)
        #expect(machine.tell(.join(1)) == [.invite(1, 1, 3)])
        #expect(machine.tell([.leave(1), .absencePassed(1, 3), .update(1, 0)]).last != .include(1, 0))
    }

    @Test("Deadlines and departures of clients that are here, away or unknown change nothing")
    func nonsense() {
        var machine = RoundMachine.collecting(clients: 2)
        #expect(machine.tell([.absencePassed(0, 0), .absencePassed(0, 1), .absencePassed(9, 0)]).isEmpty)
        #expect(machine.tell(.leave(9)).isEmpty)
        #expect(machine.tell(.leave(0)) == [.absence(0, 1)])
        #expect(machine.tell(.leave(0)).isEmpty)
    }

    @Test("An update that arrives while its client is away counts")
    func updateWhileAway() {
        var machine = RoundMachine.collecting(clients: 2)
        #expect(machine.tell([.leave(1), .update(1, 1)]) == [.absence(1, 1), .include(1, 1)])
        // The client's return and the end of its absence are nothing to this round.
        #expect(machine.tell(.join(1)).isEmpty)
        #expect(machine.tell([.leave(1), .absencePassed(1, 2)]) == [.absence(1, 2)])
        #expect(
            machine.tell(.update(1, 0)) == [
                .include(1, 0), .closeRound(.of(1, reported: [.key(1, 0), .key(1, 1)])),
            ])
    }

    @Test("A failure that is told while its client is away counts")
    func failureWhileAway() {
        var machine = RoundMachine.collecting(clients: 2)
        #expect(machine.tell([.leave(1), .failure(1, 1), .join(1)]) == [.absence(1, 1)])
        #expect(
            machine.tell(.update(1, 0)).last
                == .closeRound(.of(1, reported: [.key(1, 0)], failed: [(.key(1, 1), .diverged)])))
    }

    @Test("A client that is gone for good delays one round and no later ones")
    func oneDelay() {
        var machine = RoundMachine.collecting(clients: 2, rounds: 3)
        _ = machine.tell([.leave(1), .update(1, 0), .absencePassed(1, 1)])
        #expect(machine.tell(.roundCommitted(round: 1)) == [.open(2, [0, 1]), .invite(2, 0)])
        // Nobody waits for it: the other's update closes the round.
        #expect(
            machine.tell(.update(2, 0)) == [
                .include(2, 0),
                .closeRound(.of(2, reported: [.key(2, 0)], failed: [(.key(2, 1, 0), .disconnected)])),
            ])
    }

    @Test("A client that was given up is taken back in the next round")
    func takenBack() {
        var machine = RoundMachine.collecting(clients: 2, rounds: 3)
        _ = machine.tell([.leave(1), .update(1, 0), .absencePassed(1, 1)])
        #expect(machine.tell(.roundCommitted(round: 1)) == [.open(2, [0, 1]), .invite(2, 0)])
        #expect(machine.tell(.join(1)).isEmpty)
        #expect(machine.tell(.update(2, 1)) == [.discard(.key(2, 1), .uninvited)])
        _ = machine.tell(.update(2, 0))
        #expect(
            machine.tell(.roundCommitted(round: 2)) == [.open(3, [0, 1]), .invite(3, 0), .invite(3, 1)])
    }

    @Test("A client that left between two rounds is waited for in the second")
    func betweenRounds() {
        var machine = RoundMachine.collecting(clients: 2, rounds: 3)
        _ = machine.tell([.update(1, 0), .update(1, 1)])
        #expect(machine.tell(.leave(1)) == [.absence(1, 1)])
        #expect(machine.tell(.roundCommitted(round: 1)) == [.open(2, [0, 1]), .invite(2, 0)])
        #expect(machine.tell(.update(2, 0)) == [.include(2, 0)])
        // It was never invited to this round.
        #expect(machine.tell(.update(2, 1)) == [.discard(.key(2, 1), .uninvited)])
        #expect(machine.tell(.join(1)) == [.invite(2, 1)])
        #expect(machine.tell(.update(2, 1)).first == .include(2, 1))
    }

    @Test("A client whose absence ended between two rounds is given up in the second at once")
    func givenUpBetweenRounds() {
        var machine = RoundMachine.collecting(clients: 2, rounds: 3)
        _ = machine.tell([.update(1, 0), .update(1, 1), .leave(1), .absencePassed(1, 1)])
        #expect(machine.tell(.roundCommitted(round: 1)) == [.open(2, [0, 1]), .invite(2, 0)])
        #expect(
            machine.tell(.update(2, 0)).last
                == .closeRound(.of(2, reported: [.key(2, 0)], failed: [(.key(2, 1, 0), .disconnected)])))
    }

    @Test("A client that was given up once is waited for when it is away another time")
    func givenUpOnce() {
        var machine = RoundMachine.collecting(clients: 2, rounds: 3)
        _ = machine.tell([.leave(1), .update(1, 0), .absencePassed(1, 1)])
        #expect(machine.tell([.join(1), .leave(1)]) == [.absence(1, 2)])
        #expect(machine.tell(.roundCommitted(round: 1)) == [.open(2, [0, 1]), .invite(2, 0)])
        #expect(machine.tell(.update(2, 0)) == [.include(2, 0)])
        #expect(machine.tell(.join(1)) == [.invite(2, 1)])
    }

    @Test("A client that joined and left before the first round has a place in it")
    func beforeTheFirstRound() {
        var machine = RoundMachine.waiting(clients: 2)
        #expect(machine.tell([.join(0), .leave(0)]) == [.absence(0, 1)])
        #expect(machine.joinedClients == 1)
        #expect(machine.tell(.join(1)) == [.open(1, [0, 1]), .invite(1, 1)])
        #expect(machine.tell(.update(1, 1)) == [.include(1, 1)])
        #expect(machine.tell(.join(0)) == [.invite(1, 0)])
    }

    @Test("A round in which everybody is given up already is abandoned at once")
    func nobodyLeft() {
        var machine = RoundMachine.waiting(clients: 1)
        #expect(machine.tell(.join(0)).count == 2)
        _ = machine.tell([.update(1, 0), .leave(0), .absencePassed(0, 1)])
        let closure = CohortOutcome.of(2, reported: [], failed: [(.key(2, 0, 0), .disconnected)])
        #expect(
            machine.tell(.roundCommitted(round: 1)) == [
                .open(2, [0]), .abandonRound(closure), .finish(.tooFewUpdates(closure, minimum: 1)),
            ])
    }
}
