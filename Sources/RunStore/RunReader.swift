import Diagnostics
public import Federation
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
        configuration.busyMode = .timeout(RunStore.busySeconds)
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

    private func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
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
    public func finishedRun(scenario text: String, dataDigest: ContentDigest) async throws -> RunSummary? {
        try await read { db in
            try Self.summaries(
                db, where: "scenario = ? AND data_digest = ? AND status = 'finished'", [text, dataDigest.description]
            ).first
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
                db, sql: "SELECT * FROM client_rounds WHERE run_id = ? AND round = ? ORDER BY client",
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

    /// The latest global model of a run: the initial one before the first round.
    ///
    /// - Parameter layout: what the model has to have, or there is a ``Problem``; the layout in the record if absent.
    public func latestModel(of run: RunIdentity, layout: ParameterLayout? = nil) async throws -> StoredModel {
        try await model(of: run, "ORDER BY round DESC LIMIT 1", [run.number], layout, name: "latest model")
    }

    /// The global model that `round` made, 0 for the initial one, or a ``Problem`` if its parameters are not kept.
    public func model(of run: RunIdentity, round: Int, layout: ParameterLayout? = nil) async throws -> StoredModel {
        try await model(of: run, "AND round = ?", [run.number, round], layout, name: "model of round \(round)")
    }

    /// The digest of the model that a round made, 0 for the initial one, as it stands beside its parameters; `nil` if these are
    /// not kept.
    public func modelDigest(of run: RunIdentity, round: Int) async throws -> ContentDigest? {
        try await read { db in
            try String.fetchOne(
                db, sql: "SELECT digest FROM models WHERE run_id = ? AND round = ?", arguments: [run.number, round]
            ).flatMap { ContentDigest(hexadecimal: $0) }
        }
    }

    /// The rounds whose models' parameters are kept, ascending.
    public func keptModels(of run: RunIdentity) async throws -> [Int] {
        try await read { db in
            try Int.fetchAll(
                db,
                sql: "SELECT round FROM models WHERE run_id = ? AND parameters IS NOT NULL ORDER BY round",
                arguments: [run.number])
        }
    }

    /// The update that a client's part in a round came to; `nil` if it is not kept, a ``Problem`` if it is not the one
    /// that the record has the digest of.
    ///
    /// - Parameter layout: the model's.
    public func update(
        of run: RunIdentity, round: Int, client: ClientID, layout: ParameterLayout
    ) async throws -> ParameterVector? {
        let place = "\(path), run \(run.number)"
        return try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT updates.parameters, client_rounds.update_digest FROM updates
                    JOIN client_rounds USING (run_id, round, client, attempt)
                    WHERE run_id = ? AND round = ? AND client = ? AND status = 'reported'
                    """, arguments: [run.number, round, client.rawValue])
            guard let row else { return nil }
            let bytes: Data = row["parameters"]
            guard let digest = ContentDigest(hexadecimal: row["update_digest"] as String),
                let parameters = bytes.withUnsafeBytes({ ParameterVector(layout: layout, canonicalBytes: $0) }),
                parameters.digest == digest
            else {
                throw Problem(
                    .data, "the update of client \(client) in round \(round) is damaged", at: place,
                    remedy: "take the database from a backup, or start the run again")
            }
            return parameters
        }
    }

    /// The room that a run's parameters take.
    public func storage(of run: RunIdentity) async throws -> RunStorage {
        try await read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT
                        (SELECT count(parameters) FROM models WHERE run_id = ?1) AS models,
                        (SELECT ifnull(sum(length(parameters)), 0) FROM models WHERE run_id = ?1) AS model_bytes,
                        (SELECT count(*) FROM updates WHERE run_id = ?1) AS updates,
                        (SELECT ifnull(sum(length(parameters)), 0) FROM updates WHERE run_id = ?1) AS update_bytes
                    """, arguments: [run.number]
            ).map {
                RunStorage(
                    models: $0["models"], modelBytes: $0["model_bytes"], updates: $0["updates"],
                    updateBytes: $0["update_bytes"])
            } ?? RunStorage(models: 0, modelBytes: 0, updates: 0, updateBytes: 0)
        }
    }

    private func model(
        of run: RunIdentity, _ clause: String, _ arguments: StatementArguments, _ expected: ParameterLayout?,
        name: String
    ) async throws -> StoredModel {
        let place = "\(path), run \(run.number)"
        return try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT round, digest, parameters, layout FROM models WHERE run_id = ? \(clause)",
                arguments: arguments)
            guard let row, let bytes: Data = row["parameters"] else {
                throw Problem(.noInput, "the record has not kept the \(name)", at: place)
            }
            let damage = Problem(
                .data, "the \(name) is damaged", at: place,
                remedy: "take the database from a backup, or start the run again")
            guard let layout = LayoutText.decode(row["layout"]),
                let digest = ContentDigest(hexadecimal: row["digest"] as String),
                let parameters = bytes.withUnsafeBytes({ ParameterVector(layout: layout, canonicalBytes: $0) }),
                parameters.digest == digest
            else { throw damage }
            guard expected == nil || expected == layout else {
                throw Problem(
                    .data, "the \(name) has other tensors than the scenario's model", at: place,
                    remedy: "use the scenario that the run was started with")
            }
            return StoredModel(round: row["round"], digest: digest, parameters: parameters)
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
                    (SELECT digest FROM models WHERE run_id = runs.id ORDER BY round DESC LIMIT 1) AS model_digest,
                    (SELECT ifnull(sum(bytes_sent), 0) FROM rounds WHERE run_id = runs.id) AS bytes_sent,
                    (SELECT ifnull(sum(bytes_received), 0) FROM rounds WHERE run_id = runs.id) AS bytes_received,
                    (SELECT committed_at FROM rounds WHERE run_id = runs.id ORDER BY round DESC LIMIT 1) AS committed_at
                FROM runs WHERE \(condition) ORDER BY id DESC
                """, arguments: arguments
        ).map(\.record)
    }
}
