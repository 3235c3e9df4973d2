/// What a run waits for no longer than its plan says: ``RoundDirective/startTimer(_:_:)`` begins the wait, and
/// ``RoundEvent/timerFired(_:)`` tells that its time is over. Whose clock that is, the machine does not know: the network's
/// shell sleeps, a simulation counts.
public enum RoundTimer: Sendable, Hashable {
    /// All clients of the population have joined.
    case joining
    /// Everybody in the round has reported or failed.
    case round(UInt32)
    /// The client has trained from the round's model and reported, where clients do not wait for each other.
    case training(ClientID, round: UInt32)
    /// The client comes back; `absence` counts how often it has left, so that the timer of an earlier time is recognised.
    case absence(ClientID, absence: UInt32)
}

/// How long the waits of a run may last.
public struct RoundDeadlines: Sendable, Hashable {
    /// For the clients that the first round needs.
    public var joining: Duration
    /// For a round, from the selection of its cohort on; where clients do not wait for each other, for each of them, from its
    /// invitation on.
    public var round: Duration
    /// For a client whose connection was lost; at most `round`.
    public var absence: Duration

    public init(
        joining: Duration = .seconds(120), round: Duration = .seconds(600), absence: Duration = .seconds(30)
    ) {
        self.joining = joining
        self.round = round
        self.absence = absence
    }
}
