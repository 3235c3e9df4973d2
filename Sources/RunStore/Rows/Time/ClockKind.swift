/// Whose time the record of a run has. The raw value stands in the record.
public enum ClockKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// This machine's.
    case real
    /// That of the scenario's devices and links, simulated: the times are theirs, wherever the run is made.
    case virtual
}
