import Diagnostics
public import Federation
public import Foundation
import GRDB
public import Parameters

/// The record of runs in one SQLite database, as its one writer sees it. A round exists when ``commit(_:clients:model:of:)``
/// has returned: then it survives the loss of power.
///
/// What has been asked for is carried out even if the asking task is cancelled, so that a coordinator that is being
/// stopped can still say so. Every method throws a ``Problem`` that says what is wrong and what to do about it.
public struct RunStore: Sendable {
    /// How long a connection waits for another program's lock.
    static let busySeconds: TimeInterval = 5
    static let pageBytes = 16384

    /// Asks the record, also while it is written.
    public let reader: RunReader
    private let path: String
    private let database: DatabasePool
    private let lock: WriterLock

    /// Opens the database at `path`, makes it if it is not there, and brings it to the tables of this version. It reads
    /// and writes, and waits up to five seconds for another program's lock: not for an event loop.
    ///
    /// - Throws: a ``Problem`` of kind `unavailable` when another coordinator has the database open: it has one writer.
    public init(path: String) throws {
        var configuration = Configuration()
        configuration.label = "record"
        configuration.busyMode = .timeout(Self.busySeconds)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            // Comes before the first change to the file.
            try Schema.checkOwner(db)
            // Most of the file is models, of hundreds of kilobytes and more. It has no effect on a file that is there.
            try db.execute(sql: "PRAGMA page_size = \(Self.pageBytes)")
        }
        lock = try WriterLock(path: path)
        let database = try DatabaseProblem.translating(path) {
            let database = try DatabasePool(path: path, configuration: configuration)
            // GRDB chooses NORMAL, with which the last commits may be lost when the power is.
            try database.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
            try database.read(Schema.checkVersion)
            try Schema.migrator.migrate(database)
            return database
        }
        self.path = path
        self.database = database
        reader = RunReader(path: path, database: database)
    }

    /// Closes the database and takes its `-wal` and `-shm` files away, if nobody else reads it. Nothing can be asked or
    /// written after this.
    public func close() throws {
        try DatabaseProblem.translating(path) {
            // The files go when the last connection that closes may write; this closes those that only read.
            database.releaseMemory()
            try database.close()
        }
        lock.release()
    }

    private func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let database = self.database
        return try await DatabaseProblem.translating(path) {
            // A task of its own: GRDB gives up a transaction whose task is cancelled.
            try await Task { try await database.write(body) }.value
        }
    }

    /// Begins a run: its row and the model that it begins with.
    ///
    /// - Parameters:
    ///   - round: the round that made the model, 0 for the initial one.
    ///   - date: when it begins; the ULID carries it.
    public func beginRun(
        _ run: NewRun, initialModel: ParameterVector, round: Int = 0, at date: Date
    ) async throws -> RunIdentity {
        guard run.parameters == initialModel.layout.count else {
            throw Problem(
                .software,
                "a run with \(run.parameters) parameters begins with a model of \(initialModel.layout.count)",
                at: path)
        }
        let ulid = ULID(at: date)
        let number = try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO runs (ulid, name, scenario, seed, rounds_planned, clients, cohort, model, parameters,
                        strategy, codec, program_version, kernels, openblas_config, openblas_core, data_kind, data_source,
                        data_digest, cpu, cores, transport, scenario_digest, parent_ulid, parent_round,
                        without_clients, started_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    ulid.description, run.name, run.scenario, Int64(bitPattern: run.seed), run.roundsPlanned,
                    run.clients, run.cohort, run.model, run.parameters, run.strategy, run.codec, run.programVersion,
                    run.kernels,
                    run.openblasConfig, run.openblasCore, run.dataKind, run.dataSource, run.dataDigest.description,
                    run.cpu, run.cores, run.transport.rawValue, run.scenarioDigest?.description,
                    run.branch?.parent.description, run.branch?.round,
                    run.branch.map { "[\($0.without.map(\.description).joined(separator: ","))]" },
                    RecordTime.text(date),
                ])
            let number = db.lastInsertedRowID
            try Self.insert(initialModel, digest: initialModel.digest, round: round, run: number, db)
            return number
        }
        return RunIdentity(number: number, ulid: ulid)
    }

    /// Takes up a run that has not come to its end: it is `running` again.
    ///
    /// - Throws: a ``Problem`` when it is finished.
    public func resume(_ run: RunIdentity) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE runs SET status = 'running', message = NULL, finished_at = NULL
                    WHERE id = ? AND status <> 'finished'
                    """, arguments: [run.number])
            guard db.changesCount == 1 else {
                throw Problem(
                    .usage, "run \(run.number) is finished, or there is none of this number", at: path,
                    remedy: "fed runs lists the runs and where they stand")
            }
            try Self.dropUncommittedUpdates(of: run.number, db)
        }
    }

    /// Commits a round in one transaction: its row, its clients' rows, the new global model, and the removal of
    /// parameters that are not kept any longer. Either all of it is in the record afterwards, or nothing.
    ///
    /// - Parameters:
    ///   - round: the one after the last that was committed.
    ///   - clients: a row for each client of the cohort.
    ///   - model: what the round made; its digest is the round's.
    ///   - retention: whether the model of the round before stays.
    public func commit(
        _ round: RoundRecord, clients: [ClientRoundRecord], model: ParameterVector,
        retention: ModelRetention = .firstAndLatest, of run: RunIdentity
    ) async throws {
        let place = "\(path), run \(run.number), round \(round.round)"
        guard model.digest == round.modelDigest else {
            throw Problem(.software, "the round's digest is not its model's", at: place)
        }
        let reported = clients.count { $0.status == .reported }
        guard reported == round.clientsReported, clients.count - reported == round.clientsFailed else {
            throw Problem(
                .software,
                "the round counts \(round.clientsReported) reported and \(round.clientsFailed) failed clients, "
                    + "its rows \(reported) and \(clients.count - reported)", at: place)
        }
        try await write { db in
            let models = try Row.fetchOne(
                db, sql: "SELECT min(round) AS first, max(round) AS last FROM models WHERE run_id = ?",
                arguments: [run.number])
            let last: Int? = models?["last"]
            guard let last, round.round == last + 1 else {
                throw Problem(
                    .software,
                    last.map { "the last committed round is \($0), so the next is \($0 + 1)" }
                        ?? "there is no such run",
                    at: place)
            }
            try StoredRow(record: round, runID: run.number).insert(db)
            for client in clients {
                try StoredRow(record: client, runID: run.number, round: round.round).insert(db)
            }
            if last > models?["first"] ?? 0, !retention.keeps(round: last) {
                // One row, by its key: SQLite would copy a model aside before it changed rows of which there may be more.
                try db.execute(
                    sql: "UPDATE models SET parameters = NULL WHERE run_id = ? AND round = ?",
                    arguments: [run.number, last])
            }
            try Self.insert(model, digest: round.modelDigest, round: round.round, run: run.number, db)
            // Updates that came in and are not part of the model.
            try db.execute(
                sql: """
                    DELETE FROM updates WHERE run_id = ? AND round = ? AND NOT EXISTS (
                        SELECT 1 FROM client_rounds AS part WHERE part.run_id = updates.run_id
                            AND part.round = updates.round AND part.client = updates.client
                            AND part.attempt = updates.attempt AND part.status = 'reported')
                    """, arguments: [run.number, round.round])
        }
    }

    /// Keeps an update, before its round is committed: the commit drops those that are not part of the round's model.
    public func keep(_ update: ParameterVector, of key: UpdateKey, in run: RunIdentity) async throws {
        try await write { db in
            try Self.withData(of: update) { data in
                try db.execute(
                    sql: """
                        INSERT OR REPLACE INTO updates (run_id, round, client, attempt, parameters)
                        VALUES (?, ?, ?, ?, ?)
                        """,
                    arguments: [run.number, key.round, key.client.rawValue, key.attempt, data])
            }
        }
    }

    /// Records an event of a run, or one that is no run's.
    public func record(_ event: EventRecord, of run: RunIdentity?) async throws {
        try await record([event], of: run)
    }

    /// Records events in one transaction, in their order.
    public func record(_ events: [EventRecord], of run: RunIdentity?) async throws {
        try await write { db in
            for event in events { try StoredRow(record: event, runID: run?.number).insert(db) }
        }
    }

    /// Ends a run.
    ///
    /// - Parameters:
    ///   - status: not `running`.
    ///   - message: why it was stopped or failed.
    public func finish(_ run: RunIdentity, status: RunStatus, message: String?, at date: Date) async throws {
        try await write { db in
            try db.execute(
                sql: "UPDATE runs SET status = ?, message = ?, finished_at = ? WHERE id = ?",
                arguments: [status.rawValue, message, RecordTime.text(date), run.number])
            guard db.changesCount == 1 else {
                throw Problem(.software, "there is no run \(run.number) to finish", at: path)
            }
            try Self.dropUncommittedUpdates(of: run.number, db)
        }
    }

    /// Those of a round that was given up.
    private static func dropUncommittedUpdates(of run: Int64, _ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM updates WHERE run_id = ?1 AND round > (SELECT max(round) FROM models WHERE run_id = ?1)",
            arguments: [run])
    }

    private static func insert(
        _ model: ParameterVector, digest: ContentDigest, round: Int, run: Int64, _ db: Database
    ) throws {
        let layout = try LayoutText.encode(model.layout)
        try withData(of: model) { data in
            try db.execute(
                sql: "INSERT INTO models (run_id, round, digest, parameters, layout) VALUES (?, ?, ?, ?, ?)",
                arguments: [run, round, digest.description, data, layout])
        }
    }

    /// Hands the canonical bytes to a statement; only while it runs, for they stay where they are.
    private static func withData(of parameters: ParameterVector, _ body: (Data) throws -> Void) throws {
        try parameters.withCanonicalBytes { bytes in
            let data = bytes.baseAddress.map {
                Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: $0), count: bytes.count, deallocator: .none)
            }
            try body(data ?? Data())
        }
    }
}
