/// Which global models' parameters stay in the record. Digests stay of all.
public enum ModelRetention: Sendable, Hashable {
    /// The initial model and the latest: what going on needs. The file stays small.
    case initialAndLatest
    /// The model of every round.
    case all
}
