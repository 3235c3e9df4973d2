/// Why a client of the cohort is not part of its round. The raw value stands in the record.
public enum FailureReason: String, Sendable, Hashable, Codable, CaseIterable {
    /// Its connection was lost and did not come back in time.
    case disconnected
    /// It had not reported when the round's time was over.
    case deadline
    /// Its training gave a loss or parameters that are not finite.
    case diverged
    /// It said that it cannot train.
    case failed
    /// The run was stopped before it had reported.
    case stopped
    /// Its update was refused: a wrong digest, values out of range, more examples than it has.
    case rejected
    /// The run is a branch that leaves this client out on purpose.
    case excluded
    /// It would do less than it was asked for, and the scenario drops such updates.
    case straggler
    /// It had not reported when enough others had: more clients were selected than updates are wanted.
    case surplus
    /// It trained from a model that is older than the scenario allows.
    case stale

    /// What became of so many clients, for people: `3 diverged`.
    public func text(_ count: Int) -> String {
        let be = count == 1 ? "was" : "were"
        return switch self {
        case .disconnected: "\(count) \(be) disconnected"
        case .deadline: "\(count) \(be) late"
        case .diverged: "\(count) diverged"
        case .failed: "\(count) could not train"
        case .stopped: "\(count) \(be) stopped"
        case .rejected: "\(count) \(be) rejected"
        case .excluded: "\(count) \(be) left out"
        case .straggler: count == 1 ? "1 was a straggler" : "\(count) were stragglers"
        case .surplus: "\(count) \(be) not needed any more"
        case .stale: "\(count) \(be) too far behind"
        }
    }
}
