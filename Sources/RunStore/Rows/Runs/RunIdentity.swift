internal import Diagnostics

/// Which run: its number in this database, and its name everywhere.
public struct RunIdentity: Sendable, Hashable {
    /// `runs.id`, from 1.
    public let number: Int64
    public let ulid: ULID

    public init(number: Int64, ulid: ULID) {
        self.number = number
        self.ulid = ulid
    }

    /// The command that shows a run, as a shell takes it.
    ///
    /// - Parameter database: left out where it is the one that all programs take unless told otherwise.
    public static func showCommand(_ number: Int64, database: String) -> String {
        "fed show \(number)" + (database == "fed.sqlite" ? "" : " --database \(database.shellWord)")
    }
}
