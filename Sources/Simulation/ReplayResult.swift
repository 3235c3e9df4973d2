public import Federation
import RunStore

/// What a ``Replay`` has found.
public struct ReplayResult: Sendable {
    /// The rounds, and the updates in them, that were done again and compared; an update whose row is no longer kept through
    /// the round's model.
    public internal(set) var rounds = 0
    public internal(set) var updates = 0
    /// The updates that were taken from the record as they are, since their clients trained on data of their own.
    public internal(set) var taken = 0
    /// The updates that could not be checked, nor the models that they are part of: their clients trained on data of their
    /// own, and the record has not kept them.
    public internal(set) var missing: [Missing] = []
    /// The rounds that could not be checked, since they begin with a model that neither the record has nor came out.
    public internal(set) var unchecked = 0
    public internal(set) var differences: [ReplayDifference] = []

    /// An update that could not be checked.
    public struct Missing: Sendable, Hashable {
        public let round: Int
        public let client: ClientID
    }

    /// Whether all that can be checked agrees with the record.
    public var agrees: Bool { differences.isEmpty && (unchecked == 0 || !missing.isEmpty) }

    mutating func add(_ round: RecordedRound, _ found: [ReplayDifference], missing clients: Set<ClientID>) {
        rounds += 1
        taken += round.reported.count { $0.ownData } - clients.count
        updates += round.reported.count { !$0.ownData }
        missing += clients.sorted().map { Missing(round: round.number, client: $0) }
        differences += found
    }
}
