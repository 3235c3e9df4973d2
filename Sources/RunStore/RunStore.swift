import Diagnostics
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
    private let retention: ModelRetention
    private let database: DatabasePool

    /// Opens the database at `path`, makes it if it is not there, and brings it to the tables of this version. It reads
    /// and writes, and waits up to five seconds for another program's lock: not for an event loop.
    public init(path: String, retention: ModelRetention = .initialAndLatest) throws {
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
        let database = try DatabaseProblem.translating(path) {
            let database = try DatabasePool(path: path, configuration: configuration)
            // GRDB chooses NORMAL, with which the last commits may be lost when the power is.
            try database.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
            try database.read(Schema.checkVersion)
            try Schema.migrator.migrate(database)
            return database
        }
        self.path = path
        self.retention = retention
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
    }

    private func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let database = self.database
        return try await DatabaseProblem.translating(path) {
            // A task of its own: GRDB gives up a transaction whose task is cancelled.
            try await Task { try await database.write(body) }.value
        }
    }

    /// Begins a run: its row and its initial model.
    ///
    /// - Parameter date: when it begins; the ULID carries it.
    public func beginRun(_ run: NewRun, initialModel: ParameterVector, at date: Date) async throws -> RunIdentity {
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
                        data_digest, cpu, cores, started_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    ulid.description, run.name, run.scenario, Int64(bitPattern: run.seed), run.roundsPlanned,
                    run.clients, run.cohort, run.model, run.parameters, run.strategy, run.codec, run.programVersion,
                    run.kernels,
                    run.openblasConfig, run.openblasCore, run.dataKind, run.dataSource, run.dataDigest.description,
                    run.cpu, run.cores, RecordTime.text(date),
                ])
            let number = db.lastInsertedRowID
            try Self.insert(initialModel, digest: initialModel.digest, round: 0, run: number, db)
            return number
        }
        return RunIdentity(number: number, ulid: ulid)
    }

    /// Commits a round in one transaction: its row, its clients' rows, the new global model, and the removal of
    /// parameters that are not kept any longer. Either all of it is in the record afterwards, or nothing.
    ///
    /// - Parameters:
    ///   - round: the one after the last that was committed.
    ///   - clients: a row for each client of the cohort.
    ///   - model: what the round made; its digest is the round's.
    public func commit(
        _ round: RoundRecord, clients: [ClientRoundRecord], model: ParameterVector, of run: RunIdentity
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
        let retention = self.retention
        try await write { db in
            let last = try Int.fetchOne(
                db, sql: "SELECT max(round) FROM models WHERE run_id = ?", arguments: [run.number])
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
            if retention == .initialAndLatest, last > 0 {
                // One row, by its key: SQLite would copy a model aside before it changed rows of which there may be more.
                try db.execute(
                    sql: "UPDATE models SET parameters = NULL WHERE run_id = ? AND round = ?",
                    arguments: [run.number, last])
            }
            try Self.insert(model, digest: round.modelDigest, round: round.round, run: run.number, db)
        }
    }

    /// Records an event of a run, or one that is no run's.
    public func record(_ event: EventRecord, of run: RunIdentity?) async throws {
        try await write { db in try StoredRow(record: event, runID: run?.number).insert(db) }
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
        }
    }

    private static func insert(
        _ model: ParameterVector, digest: ContentDigest, round: Int, run: Int64, _ db: Database
    ) throws {
        let layout = try LayoutText.encode(model.layout)
        try model.withCanonicalBytes { bytes in
            // Only while the statement runs: the bytes stay where they are.
            let data = bytes.baseAddress.map {
                Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: $0), count: bytes.count, deallocator: .none)
            }
            try db.execute(
                sql: "INSERT INTO models (run_id, round, digest, parameters, layout) VALUES (?, ?, ?, ?, ?)",
                arguments: [run, round, digest.description, data ?? Data(), layout])
        }
    }
}
