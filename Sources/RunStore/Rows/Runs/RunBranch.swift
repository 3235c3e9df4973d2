public import Federation

/// That a run goes on from a round of another one, under another rule.
public struct RunBranch: Sendable, Hashable {
    /// The run that it branches off.
    public var parent: ULID
    /// The last round that both have in common.
    public var round: Int
    /// The clients whose updates are left out, ascending.
    public var without: [ClientID]

    public init(parent: ULID, round: Int, without: [ClientID]) {
        self.parent = parent
        self.round = round
        self.without = without
    }
}
