/// How a run ended.
public enum RunOutcome: Sendable, Hashable {
    /// All its rounds are committed.
    case finished
    /// It was asked to stop; what was committed by then stays.
    case stopped
    /// Fewer clients joined in time than the scenario needs.
    case tooFewClients(joined: Int, needed: Int)
    /// Fewer updates than the scenario's minimum arrived in a round.
    case tooFewUpdates(round: UInt32, reported: Int, minimum: Int)
}
