/// Why no round follows, whatever the plan's number of rounds.
public enum RunEnd: Sendable, Hashable {
    /// The model is as good as the scenario wants.
    case target
    /// It has not become better for as many rounds as the scenario waits.
    case patience

    func outcome(after round: UInt32) -> RunOutcome {
        switch self {
        case .target: .targetReached(round: round)
        case .patience: .patienceOver(round: round)
        }
    }
}
