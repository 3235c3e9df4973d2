import Federation

// What the tests of the round machine begin with. All clients are in all cohorts, so that a test can name them.
extension RoundMachine {
    static func waiting(clients: Int = 3, rounds: UInt32 = 2, minimum: Int = 1) -> RoundMachine {
        begun(RoundPlan(seed: 1, rounds: rounds, clients: clients, cohort: clients, minimumUpdates: minimum))
    }

    /// The run waits for its clients.
    static func begun(_ plan: RoundPlan) -> RoundMachine {
        var machine = RoundMachine(plan: plan)
        _ = machine.handle(.runStarted)
        return machine
    }

    /// All clients have joined and are invited to round 1.
    static func collecting(clients: Int = 3, rounds: UInt32 = 2, minimum: Int = 1) -> RoundMachine {
        var machine = waiting(clients: clients, rounds: rounds, minimum: minimum)
        for client in 0..<UInt32(clients) { _ = machine.tell(.join(client)) }
        return machine
    }

    /// Takes an event in; what it answers, but for the timers of joining and of rounds and the end of a timer, which
    /// ``RoundTimerTests`` looks at.
    mutating func tell(_ event: RoundEvent) -> [RoundDirective] {
        handle(event).filter { directive in
            switch directive {
            case .startTimer(.joining, _), .startTimer(.round, _), .stopTimer: false
            default: true
            }
        }
    }

    /// Takes events in, one after the other; all that it answers.
    mutating func tell(_ events: [RoundEvent]) -> [RoundDirective] {
        events.flatMap { tell($0) }
    }
}

extension RoundEvent {
    static func join(_ client: UInt32) -> RoundEvent { .clientJoined(ClientID(client), examples: 10) }
    static func leave(_ client: UInt32) -> RoundEvent { .clientLeft(ClientID(client)) }
    static func absencePassed(_ client: UInt32, _ absence: UInt32) -> RoundEvent {
        .timerFired(.absence(ClientID(client), absence: absence))
    }
    static func update(_ round: UInt32, _ client: UInt32, _ attempt: UInt32 = 1) -> RoundEvent {
        .updateArrived(.key(round, client, attempt))
    }
    static func failure(
        _ round: UInt32, _ client: UInt32, _ attempt: UInt32 = 1, _ reason: FailureReason = .diverged
    ) -> RoundEvent {
        .updateFailed(.key(round, client, attempt), reason)
    }
}

extension RoundDirective {
    static func open(_ round: UInt32, _ cohort: [UInt32]) -> RoundDirective {
        .openRound(round: round, cohort: cohort.map { ClientID($0) })
    }
    static func invite(_ round: UInt32, _ client: UInt32, _ attempt: UInt32 = 1) -> RoundDirective {
        .invite(.key(round, client, attempt))
    }
    static func include(_ round: UInt32, _ client: UInt32, _ attempt: UInt32 = 1) -> RoundDirective {
        .include(.key(round, client, attempt))
    }
    static func absence(_ client: UInt32, _ absence: UInt32) -> RoundDirective {
        .startTimer(.absence(ClientID(client), absence: absence), RoundDeadlines().absence)
    }
}

extension UpdateKey {
    static func key(_ round: UInt32, _ client: UInt32, _ attempt: UInt32 = 1) -> UpdateKey {
        UpdateKey(round: round, client: ClientID(client), attempt: attempt)
    }
}

extension CohortOutcome {
    /// What became of the clients of a round.
    static func of(
        _ round: UInt32, reported: [UpdateKey], failed: [(UpdateKey, FailureReason)] = []
    ) -> CohortOutcome {
        CohortOutcome(
            round: round, reported: reported, failed: failed.map { Failure(key: $0.0, reason: $0.1) })
    }
}
