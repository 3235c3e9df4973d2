/// How a run ended.
public enum RunOutcome: Sendable, Hashable {
    /// All its rounds are committed.
    case finished
    /// The round's model is as good as the scenario wants; later rounds were not needed.
    case targetReached(round: UInt32)
    /// The model did not become better for as many rounds as the scenario waits, the last of which is this.
    case patienceOver(round: UInt32)
    /// It was asked to stop; what was committed by then stays.
    case stopped
    /// Fewer clients joined in time than the scenario needs.
    case tooFewClients(joined: Int, needed: Int)
    /// Fewer updates than the scenario's minimum arrived in a round; what became of its clients.
    case tooFewUpdates(CohortOutcome, minimum: Int)

    /// Whether no round can follow any more, also after a resumption.
    public var isEnd: Bool {
        switch self {
        case .finished, .targetReached, .patienceOver: true
        case .stopped, .tooFewClients, .tooFewUpdates: false
        }
    }

    /// Whether the run went as far as the scenario, or whoever stopped it, wanted.
    public var isFailure: Bool {
        switch self {
        case .finished, .targetReached, .patienceOver, .stopped: false
        case .tooFewClients, .tooFewUpdates: true
        }
    }
}
