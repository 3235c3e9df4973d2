import Diagnostics
import Federation
public import Foundation
import GRDB
public import Parameters

/// The record of runs in one SQLite database, as its one writer sees it. A round exists when ``commit(_:clients:model:of:)``
/// has returned: then it survives the loss of power.
///
/// What has been asked for is carried out even if the asking task is cancelled, so that a coordinator that is being
/// stopped can still say so. Every method throws a ``Problem`` that says what is wrong and what to do about it.
public struct RunStore: Sendable {
    static let pageBytes = 16384

    /// Asks the record, also while it is written.
    public let reader: RunReader
    let path: String
    private let database: DatabasePool
    private let lock: WriterLock
    private let patience: LockPatience

    /// Opens the database at `path`, makes it if it is not there, and brings it to the tables of this version. It reads
    /// and writes, and waits up to five seconds for another program's lock: not for an event loop.
    ///
    /// - Parameter lockTimeout: how long what is written afterwards waits for another program's lock.
    /// - Throws: a ``Problem`` of kind `unavailable` when another coordinator has the database open: it has one writer.
    public init(path: String, lockTimeout: Duration = .seconds(300)) throws {
        let patience = LockPatience()
        var configuration = Configuration()
        configuration.label = "record"
        configuration.busyMode = patience.busyMode
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
        patience.extend(to: lockTimeout)
        self.path = path
        self.database = database
        self.patience = patience
        reader = RunReader(path: path, database: database)
    }

    /// Names who is told, in a sentence, when another program's lock is waited for longer than a moment.
    public func whenWaiting(_ notice: @escaping @Sendable (String) -> Void) {
        patience.tell(notice)
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

    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
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
    ///   - state: what the server remembers, in parts of which the model is one; `nil` where it remembers nothing.
    ///   - clients: what clients remember from before the run, of a branch.
    ///   - date: when it begins; the ULID carries it.
    public func beginRun(
        _ run: NewRun, initialModel: ParameterVector, round: Int = 0, state: Parts? = nil,
        clients: RememberedStates? = nil, at date: Date
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
                        without_clients, started_at, download_codec, clock)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    ulid.description, run.name, run.scenario, Int64(bitPattern: run.seed), run.roundsPlanned,
                    run.clients, run.cohort, run.model, run.parameters, run.strategy, run.codec, run.programVersion,
                    run.kernels,
                    run.openblasConfig, run.openblasCore, run.dataKind, run.dataSource, run.dataDigest.description,
                    run.cpu, run.cores, run.transport.rawValue, run.scenarioDigest?.description,
                    run.branch?.parent.description, run.branch?.round,
                    run.branch.map { "[\($0.without.map(\.description).joined(separator: ","))]" },
                    RecordTime.text(date), run.downloadCodec, run.clock.rawValue,
                ])
            let number = db.lastInsertedRowID
            try Self.insert(initialModel, digest: initialModel.digest, round: round, run: number, db)
            if let state { try Self.insert(state, round: round, run: number, db) }
            if let clients { try Self.insert(clients, run: number, db) }
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

    static func insert(
        _ model: ParameterVector, digest: ContentDigest, round: Int, run: Int64, _ db: Database
    ) throws {
        let layout = try LayoutText.encode(model.layout)
        try withData(of: model) { data in
            try db.execute(
                sql: "INSERT INTO models (run_id, round, digest, parameters, layout) VALUES (?, ?, ?, ?, ?)",
                arguments: [run, round, digest.description, data, layout])
        }
    }

    /// One client's after the other: all of them together may be more than fits into memory.
    private static func insert(_ clients: RememberedStates, run: Int64, _ db: Database) throws {
        for (client, round) in clients.rounds.sorted(by: { $0.key < $1.key }) {
            let state = try clients.state(client)
            try db.execute(
                sql: "INSERT INTO branch_states (run_id, client, round, digest, bytes) VALUES (?, ?, ?, ?, ?)",
                arguments: [run, client.rawValue, round, state.digest.description, Data(state.canonicalBytes)])
            try db.execute(
                sql: "INSERT INTO client_states (run_id, client, round) VALUES (?, ?, ?)",
                arguments: [run, client.rawValue, round])
        }
    }

    /// The parts of the state, but for the model.
    static func insert(_ state: Parts, round: Int, run: Int64, _ db: Database) throws {
        func insert(_ name: String, _ digest: ContentDigest, _ bytes: Data) throws {
            try db.execute(
                sql: "INSERT INTO states (run_id, round, name, digest, bytes) VALUES (?, ?, ?, ?, ?)",
                arguments: [run, round, name, digest.description, bytes])
        }
        for name in state.layout.vectors where name != "model" {
            let vector = state[vector: name]
            try withData(of: vector) { try insert(name, vector.digest, $0) }
        }
        for table in state.layout.tables {
            let values = state[table: table.name]
            try withData(of: values) { try insert(table.name, values.digest, $0) }
        }
        for name in state.layout.scalars {
            let bytes = withUnsafeBytes(of: state[scalar: name].bitPattern.littleEndian) { Array($0) }
            try insert(name, ContentDigest(of: bytes), Data(bytes))
        }
    }

    /// Hands the canonical bytes to a statement; only while it runs, for they stay where they are.
    static func withData(of parameters: ParameterVector, _ body: (Data) throws -> Void) throws {
        try parameters.withCanonicalBytes { bytes in
            let data = bytes.baseAddress.map {
                Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: $0), count: bytes.count, deallocator: .none)
            }
            try body(data ?? Data())
        }
    }
}
