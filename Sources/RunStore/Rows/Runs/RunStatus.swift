/// Where a run stands. The raw value is what `runs.status` holds.
public enum RunStatus: String, Sendable, Hashable, Codable {
    /// Begun and not ended; also the status of a run whose coordinator was killed.
    case running
    /// All its rounds are done.
    case finished
    /// Ended early because somebody wanted it to.
    case stopped
    /// Ended early because it could not go on.
    case failed
}
