import Federation
import Testing

/// A run without trouble, and what becomes of updates.
struct RoundMachineTests {
    @Test("A run goes through its rounds and ends")
    func happyPath() {
        var machine = RoundMachine.waiting(clients: 2, rounds: 2)
        #expect(machine.tell(.join(1)).isEmpty)
        #expect(machine.joinedClients == 1)
        #expect(machine.tell(.join(0)) == [.open(1, [0, 1]), .invite(1, 0), .invite(1, 1)])
        #expect(machine.joinedClients == 2)
        #expect(machine.tell(.update(1, 1)) == [.include(1, 1)])
        #expect(
            machine.tell(.update(1, 0)) == [
                .include(1, 0), .closeRound(.of(1, reported: [.key(1, 0), .key(1, 1)])),
            ])
        #expect(
            machine.tell(.roundCommitted(round: 1)) == [.open(2, [0, 1]), .invite(2, 0), .invite(2, 1)])
        #expect(machine.tell(.update(2, 0)) == [.include(2, 0)])
        #expect(
            machine.tell(.update(2, 1)) == [
                .include(2, 1), .closeRound(.of(2, reported: [.key(2, 0), .key(2, 1)])),
            ])
        #expect(machine.tell(.roundCommitted(round: 2)) == [.finish(.finished)])
    }

    @Test("The next round begins when the model is made, one round ahead of the record")
    func overlap() {
        var machine = RoundMachine.collecting(clients: 1, rounds: 3)
        _ = machine.tell(.update(1, 0))
        #expect(machine.tell(.roundAggregated(round: 2)).isEmpty)
        #expect(machine.tell(.roundAggregated(round: 1)) == [.open(2, [0]), .invite(2, 0)])
        #expect(machine.tell(.roundAggregated(round: 1)).isEmpty)
        _ = machine.tell(.update(2, 0))
        // The first is not in the record.
        #expect(machine.tell(.roundAggregated(round: 2)).isEmpty)
        #expect(machine.tell(.roundCommitted(round: 2)).isEmpty)
        #expect(machine.tell(.roundCommitted(round: 1)) == [.open(3, [0]), .invite(3, 0)])
        #expect(machine.tell(.update(3, 0)).count == 2)
        #expect(machine.tell([.roundCommitted(round: 2), .roundAggregated(round: 3)]).isEmpty)
        #expect(machine.tell(.roundCommitted(round: 3)) == [.finish(.finished)])
    }

    @Test("A run with a target waits for each round's commit, and ends when one reaches it")
    func target() {
        var machine = RoundMachine.begun(
            RoundPlan(
                seed: 1, rounds: 9, clients: 1, cohort: 1, minimumUpdates: 1, waitsForEvaluation: true))
        _ = machine.tell([.join(0), .update(1, 0)])
        #expect(machine.tell(.roundAggregated(round: 1)).isEmpty)
        #expect(machine.tell(.roundCommitted(round: 1)) == [.open(2, [0]), .invite(2, 0)])
        #expect(machine.tell([.update(2, 0), .roundAggregated(round: 2), .endReached(.target)]).count == 2)
        #expect(machine.tell(.roundCommitted(round: 2)) == [.finish(.targetReached(round: 2))])
    }

    @Test("One client in one round is a run")
    func smallest() {
        var machine = RoundMachine.waiting(clients: 1, rounds: 1)
        #expect(machine.tell(.join(0)) == [.open(1, [0]), .invite(1, 0)])
        #expect(machine.tell(.update(1, 0)) == [.include(1, 0), .closeRound(.of(1, reported: [.key(1, 0)]))])
        #expect(machine.tell(.roundCommitted(round: 1)) == [.finish(.finished)])
    }

    @Test("A client that joins twice counts once and is invited once")
    func joiningTwice() {
        var machine = RoundMachine.waiting(clients: 2)
        #expect(machine.tell([.join(0), .join(0)]).isEmpty)
        #expect(machine.joinedClients == 1)
        #expect(machine.tell(.join(1)).count == 3)
        #expect(machine.tell([.join(0), .join(1)]).isEmpty)
    }

    @Test("Only the cohort is invited")
    func cohort() {
        var machine = RoundMachine.begun(
            RoundPlan(seed: 7, rounds: 1, clients: 10, cohort: 4, minimumUpdates: 1))
        let directives = machine.tell((0..<10).map { .join($0) })
        #expect(
            directives == [
                .open(1, [3, 5, 8, 9]), .invite(1, 3), .invite(1, 5), .invite(1, 8), .invite(1, 9),
            ])
        // One that was not selected is not waited for, is not invited when it comes back, and may not report.
        #expect(machine.tell([.leave(0), .join(0)]) == [.absence(0, 1)])
        #expect(machine.tell(.update(1, 0)) == [.discard(.key(1, 0), .uninvited)])
        #expect(machine.tell(.failure(1, 0)).isEmpty)
    }

    // MARK: Updates

    @Test("A repeated update is a duplicate")
    func duplicate() {
        var machine = RoundMachine.collecting()
        #expect(machine.tell(.update(1, 0)) == [.include(1, 0)])
        #expect(machine.tell(.update(1, 0)) == [.discard(.key(1, 0), .duplicate)])
        #expect(machine.disposition(of: .key(1, 0)) == .duplicate)
        // Neither a failure that is reported later nor a return takes it back.
        #expect(machine.tell(.failure(1, 0)).isEmpty)
        #expect(machine.tell([.leave(0), .join(0)]) == [.absence(0, 1)])
        #expect(machine.tell(.update(1, 0)) == [.discard(.key(1, 0), .duplicate)])
    }

    @Test("An update of a round that is closed is late")
    func late() {
        var machine = RoundMachine.collecting(clients: 2)
        _ = machine.tell([.update(1, 0), .update(1, 1)])
        #expect(machine.tell(.update(1, 0)) == [.discard(.key(1, 0), .late)])
        _ = machine.tell(.roundCommitted(round: 1))
        #expect(machine.tell(.update(1, 1)) == [.discard(.key(1, 1), .late)])
        #expect(machine.disposition(of: .key(2, 1)) == .wanted)
    }

    @Test("An update that nobody asked for is uninvited")
    func uninvited() {
        var machine = RoundMachine.waiting(clients: 2)
        #expect(machine.tell(.update(1, 0)) == [.discard(.key(1, 0), .uninvited)])
        _ = machine.tell([.join(0), .join(1)])
        // Attempts that do not exist, a round to come, a client that is not there.
        for key in [UpdateKey.key(1, 0, 0), .key(1, 0, 2), .key(1, 0, .max), .key(2, 0), .key(1, 2)] {
            #expect(machine.disposition(of: key) == .uninvited)
            #expect(machine.tell(.updateArrived(key)) == [.discard(key, .uninvited)])
            #expect(machine.tell(.updateFailed(key, .failed)).isEmpty)
        }
        #expect(machine.disposition(of: .key(1, 0)) == .wanted)
        // While a round is being closed the next one has not begun.
        _ = machine.tell([.update(1, 0), .update(1, 1)])
        #expect(machine.tell(.update(2, 0)) == [.discard(.key(2, 0), .uninvited)])
    }

    @Test("A client that cannot train is not waited for", arguments: FailureReason.allCases)
    func failure(reason: FailureReason) {
        var machine = RoundMachine.collecting(clients: 2)
        #expect(machine.tell(.failure(1, 0, 1, reason)).isEmpty)
        #expect(machine.tell(.update(1, 0)) == [.discard(.key(1, 0), .late)])
        #expect(machine.tell(.failure(1, 0, 1, .rejected)).isEmpty)
        #expect(
            machine.tell(.update(1, 1)) == [
                .include(1, 1),
                .closeRound(.of(1, reported: [.key(1, 1)], failed: [(.key(1, 0), reason)])),
            ])
        // In the next round it is as welcome as all others.
        #expect(
            machine.tell(.roundCommitted(round: 1)) == [.open(2, [0, 1]), .invite(2, 0), .invite(2, 1)])
    }

    @Test("The last failure closes the round, too")
    func lastFailure() {
        var machine = RoundMachine.collecting(clients: 2)
        #expect(machine.tell(.update(1, 1)) == [.include(1, 1)])
        #expect(
            machine.tell(.failure(1, 0)) == [
                .closeRound(.of(1, reported: [.key(1, 1)], failed: [(.key(1, 0), .diverged)]))
            ])
    }

    @Test("A failure of an attempt says nothing of a later one")
    func staleFailure() {
        var machine = RoundMachine.collecting(clients: 2)
        #expect(machine.tell([.leave(0), .join(0)]) == [.absence(0, 1), .invite(1, 0, 2)])
        #expect(!machine.waits(for: .key(1, 0, 1)) && machine.waits(for: .key(1, 0, 2)))
        #expect(machine.tell(.failure(1, 0, 1, .rejected)).isEmpty)
        #expect(machine.disposition(of: .key(1, 0, 2)) == .wanted)
        #expect(machine.tell(.update(1, 0, 2)) == [.include(1, 0, 2)])
        #expect(!machine.waits(for: .key(1, 0, 2)) && machine.waits(for: .key(1, 1)))
    }

    @Test("An update of an earlier attempt is as good as one of the last: it holds the same bits")
    func earlierAttempt() {
        var machine = RoundMachine.collecting(clients: 2)
        _ = machine.tell([.leave(0), .join(0), .leave(0), .join(0)])
        #expect(machine.tell(.update(1, 0, 2)) == [.include(1, 0, 2)])
        #expect(machine.tell(.update(1, 0, 3)) == [.discard(.key(1, 0, 3), .duplicate)])
        #expect(
            machine.tell(.update(1, 1)) == [
                .include(1, 1), .closeRound(.of(1, reported: [.key(1, 0, 2), .key(1, 1)])),
            ])
    }

    @Test("A commit that was not asked for changes nothing")
    func commits() {
        var machine = RoundMachine.waiting(clients: 2, rounds: 3)
        #expect(machine.tell(.roundCommitted(round: 0)).isEmpty)
        _ = machine.tell([.join(0), .join(1)])
        #expect(machine.tell(.roundCommitted(round: 1)).isEmpty)
        _ = machine.tell([.update(1, 0), .update(1, 1)])
        for round: UInt32 in [0, 2, 3] { #expect(machine.tell(.roundCommitted(round: round)).isEmpty) }
        #expect(machine.tell(.roundCommitted(round: 1)).first == .open(2, [0, 1]))
        #expect(machine.tell(.roundCommitted(round: 1)).isEmpty)
    }
}
