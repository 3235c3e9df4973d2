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
}
