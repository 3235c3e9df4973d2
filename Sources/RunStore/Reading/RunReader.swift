import Diagnostics
import Foundation
import GRDB
public import Parameters

/// Asks the record. Any number of readers may ask while a run is written; each answer is of one moment.
///
/// Every method throws a ``Problem`` that says what is wrong with the file and what to do about it.
public struct RunReader: Sendable {
    /// The database's.
    public let path: String
    private let database: any DatabaseReader

    /// Reads the database at `path` and never makes one, nor changes a run; one of an earlier version is brought to the
    /// tables of this one.
    public init(path: String) throws {
        // SQLite would make a file that is not there.
        guard FileManager.default.fileExists(atPath: path) else {
            throw Problem(
                .noInput, "there is no database", at: path,
                remedy: "name one with --database, or start a run, which makes one")
        }
        var configuration = Configuration()
        configuration.label = "record"
        configuration.busyMode = .timeout(LockPatience.brief / .seconds(1))
        configuration.prepareDatabase { db in
            try Schema.checkOwner(db)
            try db.execute(sql: "PRAGMA query_only = 1")
        }
        self.path = path
        database = try DatabaseProblem.translating(path) {
            // A connection that may write takes its -wal and -shm files away when it closes, a read-only one leaves them
            // behind. So only a file that may not be written is opened read-only.
            configuration.readonly = !FileManager.default.isWritableFile(atPath: path)
            let queue = try DatabaseQueue(path: Self.name(of: path), configuration: configuration)
            guard try !queue.read(Schema.isCurrent) else { return queue }
            // Written by an earlier version: it is given the columns that have come since.
            guard !configuration.readonly else { throw Schema.Refusal.older }
            try queue.close()
            try RunStore(path: path).close()
            return try DatabaseQueue(path: path, configuration: configuration)
        }
    }

    /// What SQLite is to open: the path, or where nothing can be written beside the file, as on a disk that is mounted for
    /// reading alone, a name that says that the file does not change. SQLite could not make the files there through which
    /// those who read and write a database in WAL mode come to an understanding.
    private static func name(of path: String) -> String {
        let file = URL(filePath: path)
        let folder = file.deletingLastPathComponent().path(percentEncoded: false)
        let isQuiet = !FileManager.default.fileExists(atPath: path + "-wal")
        guard isQuiet, !FileManager.default.isWritableFile(atPath: folder) else { return path }
        return file.absoluteString + "?immutable=1"
    }

    init(path: String, database: any DatabaseReader) {
        self.path = path
        self.database = database
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await DatabaseProblem.translating(path) { try await database.read(body) }
    }

    /// All runs, the latest first.
    public func runs() async throws -> [RunSummary] {
        try await read { db in try Self.summaries(db, where: "1", []) }
    }

    /// The run that `selector` names, or a ``Problem`` if there is none.
    public func run(_ selector: RunSelector) async throws -> RunSummary {
        let found = try await read { db in
            switch selector {
            case .latest: try Self.summaries(db, where: "id = (SELECT max(id) FROM runs)", [])
            case .number(let number): try Self.summaries(db, where: "id = ?", [number])
            case .ulid(let ulid): try Self.summaries(db, where: "ulid = ?", [ulid.description])
            }
        }
        guard let run = found.first else {
            throw Problem(
                .noInput, selector == .latest ? "the record has no runs" : "the record has no run \(selector)",
                at: path,
                remedy: selector == .latest ? "start one with fed run" : "fed runs lists those that it has")
        }
        return run
    }

    /// The latest run of a scenario with this text, on data with this digest, that came to its end; `nil` if there is none.
    ///
    /// - Parameter clock: whose times its record has.
    public func finishedRun(scenario text: String, dataDigest: ContentDigest, clock: ClockKind = .real) async throws
        -> RunSummary?
    {
        try await read { db in
            try Self.summaries(
                db, where: "scenario = ? AND data_digest = ? AND status = 'finished'", [text, dataDigest.description]
            ).first { $0.run.details.clock == clock }
        }
    }

    /// The latest run of a scenario with this text, on data with this digest, that was cut off or stopped, and whose clients
    /// were dealt their data in one process; `nil` if there is none.
    ///
    /// - Parameter clock: whose times its record has.
    public func interruptedRun(scenario text: String, dataDigest: ContentDigest, clock: ClockKind = .real) async throws
        -> RunSummary?
    {
        try await read { db in
            try Self.summaries(
                db, where: "scenario = ? AND data_digest = ? AND status IN ('running', 'stopped')",
                [text, dataDigest.description]
            ).first {
                let details = $0.run.details
                return details.transport == .inProcess && details.branch == nil && details.clock == clock
            }
        }
    }

    /// The committed rounds of a run, from the first.
    public func rounds(of run: RunIdentity) async throws -> [RoundRecord] {
        try await read { db in
            try StoredRow<RoundRecord>.fetchAll(
                db, sql: "SELECT * FROM rounds WHERE run_id = ? ORDER BY round", arguments: [run.number]
            ).map(\.record)
        }
    }

    /// A committed round of a run; `nil` if it has not been committed.
    public func round(of run: RunIdentity, round: Int) async throws -> RoundRecord? {
        try await read { db in
            try StoredRow<RoundRecord>.fetchOne(
                db, sql: "SELECT * FROM rounds WHERE run_id = ? AND round = ?", arguments: [run.number, round]
            )?.record
        }
    }

    /// The clients of one round, by their ids; none if the round has not been committed.
    public func clientRounds(of run: RunIdentity, round: Int) async throws -> [ClientRoundRecord] {
        try await read { db in
            try StoredRow<ClientRoundRecord>.fetchAll(
                db, sql: "SELECT * FROM client_rounds WHERE run_id = ? AND round = ? ORDER BY client, staleness DESC",
                arguments: [run.number, round]
            ).map(\.record)
        }
    }

    /// How often clients failed in a run, by reason, the most frequent first.
    public func failures(of run: RunIdentity) async throws -> [(reason: String, count: Int)] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT reason, count(*) AS count FROM client_rounds
                    WHERE run_id = ? AND status = 'failed' GROUP BY reason ORDER BY count DESC, reason
                    """, arguments: [run.number]
            ).map { (reason: $0["reason"], count: $0["count"]) }
        }
    }

    /// What happened in a run, in the order in which it was recorded.
    ///
    /// - Parameter last: so many of the latest alone; all if absent.
    public func events(of run: RunIdentity, last: Int? = nil) async throws -> [EventRecord] {
        try await read { db in
            try StoredRow<EventRecord>.fetchAll(
                db, sql: "SELECT * FROM events WHERE run_id = ? ORDER BY id DESC LIMIT ?",
                arguments: [run.number, last ?? -1]
            ).reversed().map(\.record)
        }
    }

    /// How many events of each kind a run has, by kind.
    public func eventCounts(of run: RunIdentity) async throws -> [(kind: String, count: Int)] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT kind, count(*) AS count FROM events WHERE run_id = ? GROUP BY kind ORDER BY kind",
                arguments: [run.number]
            ).map { (kind: $0["kind"], count: $0["count"]) }
        }
    }

    private static func summaries(
        _ db: Database, where condition: String, _ arguments: StatementArguments
    ) throws -> [RunSummary] {
        // Sums over none are NULL; total() would be a float.
        try StoredRow<RunSummary>.fetchAll(
            db,
            sql: """
                SELECT runs.*,
                    (SELECT count(*) FROM rounds WHERE run_id = runs.id) AS rounds_committed,
                    (SELECT test_accuracy FROM rounds WHERE run_id = runs.id ORDER BY round DESC LIMIT 1) AS test_accuracy,
                    (SELECT max(test_accuracy) FROM rounds WHERE run_id = runs.id) AS best_test_accuracy,
                    ifnull(
                        (SELECT state_digest FROM rounds WHERE run_id = runs.id ORDER BY round DESC LIMIT 1),
                        (SELECT digest FROM models WHERE run_id = runs.id ORDER BY round DESC LIMIT 1)) AS model_digest,
                    (SELECT ifnull(sum(bytes_sent), 0) FROM rounds WHERE run_id = runs.id) AS bytes_sent,
                    (SELECT ifnull(sum(bytes_received), 0) FROM rounds WHERE run_id = runs.id) AS bytes_received,
                    (SELECT committed_at FROM rounds WHERE run_id = runs.id ORDER BY round DESC LIMIT 1) AS committed_at
                FROM runs WHERE \(condition) ORDER BY id DESC
                """, arguments: arguments
        ).map(\.record)
    }
}
