/// Which run: its number in this database, and its name everywhere.
public struct RunIdentity: Sendable, Hashable {
    /// `runs.id`, from 1.
    public let number: Int64
    public let ulid: ULID

    public init(number: Int64, ulid: ULID) {
        self.number = number
        self.ulid = ulid
    }
}
