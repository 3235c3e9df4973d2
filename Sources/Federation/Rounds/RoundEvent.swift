/// What happens around a ``RunMachine`` and is told to it.
public enum RoundEvent: Sendable, Hashable {
    /// The run begins, or goes on. Of the clients that join before, all are there when the first round is opened.
    case runStarted
    /// The client is connected and holds so many examples.
    case clientJoined(ClientID, examples: Int)
    /// The client's connection is gone.
    case clientLeft(ClientID)
    /// What is known of a client now; told before the update that says so, where ``RoundPlan/needsExperience``.
    case experienced(ClientID, Experience)
    /// A whole update has arrived and passed every check that does not depend on the round; not while the machine
    /// ``RunMachine/isFull``.
    case updateArrived(UpdateKey)
    /// The client cannot give an update for this key, or gave one that was refused. Of no interest when the client has
    /// been invited again since: the later attempt decides.
    case updateFailed(UpdateKey, FailureReason)
    /// The time of ``RoundDirective/startTimer(_:_:)`` is over.
    case timerFired(RoundTimer)
    /// The round's model is made; it is not evaluated nor in the record yet. A shell that does all of it at once need not
    /// say this.
    case roundAggregated(round: UInt32)
    /// The evaluation of a round's model says that no more rounds are needed; told before the round's commit.
    case endReached(RunEnd)
    /// The round stands in the record. Rounds are committed in their order.
    case roundCommitted(round: UInt32)
    /// Somebody wants the run to end.
    case stopRequested
}
