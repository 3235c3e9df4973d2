public import Federation
public import Parameters

/// What clients remember before the first round of a branch.
public struct RememberedStates: Sendable {
    /// The round of which each client remembers something; the others remember nothing.
    public let rounds: [ClientID: UInt32]
    /// What one of these remembers: asked for one at a time, since all of them may be more than fits into memory.
    public let state: @Sendable (ClientID) throws -> Parts

    public init(rounds: [ClientID: UInt32], state: @escaping @Sendable (ClientID) throws -> Parts) {
        self.rounds = rounds
        self.state = state
    }
}
