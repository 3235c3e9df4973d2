/// What a ``RunMachine`` wants done. Its shell carries the directives out in their order.
public enum RoundDirective: Sendable, Hashable {
    /// Begin the round: make its model ready to be sent. Its cohort is empty where clients do not wait for each other.
    case openRound(round: UInt32, cohort: [ClientID])
    /// Send the model and ask the client to train; the key holds the attempt.
    case invite(UpdateKey)
    /// Tell ``RoundEvent/timerFired(_:)`` when so much time is over. No two timers that run at once are the same.
    case startTimer(RoundTimer, Duration)
    /// What the timer is for has come, or is not waited for any more. One that fires all the same does no harm.
    case stopTimer(RoundTimer)
    /// Add the update to the round's aggregate.
    case include(UpdateKey)
    /// Throw the update away and say why.
    case discard(UpdateKey, UpdateDisposition)
    /// All has been heard that will be: aggregate and report ``RoundEvent/roundAggregated(round:)``, then evaluate, commit
    /// and report ``RoundEvent/roundCommitted(round:)``.
    case closeRound(CohortOutcome)
    /// The round ends without a model: record what became of its clients.
    case abandonRound(CohortOutcome)
    /// The run is over; no directive follows, and timers that still run are of no interest.
    case finish(RunOutcome)
}

/// What the machine makes of an update.
public enum UpdateDisposition: Sendable, Hashable {
    /// It belongs into the aggregate.
    case wanted
    /// The client's update for this round is included already.
    case duplicate
    /// Its round is closed, or the client has been given up in it.
    case late
    /// The client was never invited under this key.
    case uninvited
}

/// What became of each client of a round's cohort; where clients do not wait for each other, of each that has reported or failed
/// since the round before.
public struct CohortOutcome: Sendable, Hashable {
    public let round: UInt32
    /// The updates in the aggregate, in the order of client ids; there, those of a client in the order of the rounds that it began
    /// with.
    public let reported: [UpdateKey]
    /// The clients without an update, in the order of their ids. Attempt 0: it was away and could not be invited.
    public let failed: [Failure]

    /// How many there are.
    public var count: Int { reported.count + failed.count }

    /// By how many models the update is behind that was, or would have been, part of this round.
    public func staleness(of key: UpdateKey) -> Int { Int(round - key.round) }

    /// How many clients are without an update for each reason, the most frequent first.
    public var failures: [(reason: FailureReason, count: Int)] {
        let counts = Dictionary(grouping: failed, by: \.reason).mapValues(\.count)
        return FailureReason.allCases.compactMap { reason in counts[reason].map { (reason, $0) } }
            .sorted { $0.count > $1.count }
    }

    public struct Failure: Sendable, Hashable {
        public let key: UpdateKey
        public let reason: FailureReason

        public init(key: UpdateKey, reason: FailureReason) {
            self.key = key
            self.reason = reason
        }
    }

    public init(round: UInt32, reported: [UpdateKey], failed: [Failure]) {
        self.round = round
        self.reported = reported
        self.failed = failed
    }
}
