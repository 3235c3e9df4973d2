import Diagnostics
import Foundation
import GRDB
import Parameters
import RunStore
import TestSupport
import Testing

/// Files that are a record, and files that are none.
@Suite struct OpeningTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("fed.sqlite")
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url.path(percentEncoded: false)).sorted()
    }

    /// The problem that opening for writing and for reading both answer with.
    private func refusal() throws -> Problem {
        let reading = try #require(throws: Problem.self) { try RunReader(path: path) }
        let writing = try #require(throws: Problem.self) { try RunStore(path: path) }
        #expect(reading == writing)
        #expect(reading.remedy != nil)
        #expect(reading.place == path)
        return reading
    }

    @Test("The connection that writes has the settings that it should") func settings() async throws {
        let store = try RunStore(path: path)
        _ = try await store.beginRun(Samples.run(), initialModel: Samples.model(0), at: Samples.start)
        let other = try DatabaseQueue(path: path)
        let mode = try await other.read { db in try String.fetchOne(db, sql: "PRAGMA journal_mode") }
        #expect(mode == "wal")
        try store.close()
    }

    @Test("A reader makes no database") func missing() throws {
        let problem = try #require(throws: Problem.self) { try RunReader(path: path) }
        #expect(problem.kind == .noInput)
        #expect(problem.remedy?.contains("--database") == true)
        #expect(try names().isEmpty)
    }

    @Test("A reader leaves nothing behind") func traces() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 2)
        try store.close()
        #expect(try names() == ["fed.sqlite"])
        let before = try Data(contentsOf: URL(filePath: path))
        do {
            let reader = try RunReader(path: path)
            #expect(try await reader.rounds(of: run).count == 2)
        }
        try await eventually { try names() == ["fed.sqlite"] }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    @Test("A missing folder") func missingFolder() throws {
        let problem = try #require(throws: Problem.self) { try RunStore(path: folder.path("no/such/fed.sqlite")) }
        #expect(problem.kind == .noInput)
    }

    @Test("An empty file becomes a record for a writer and is none for a reader") func empty() async throws {
        try Data().write(to: URL(filePath: path))
        let problem = try #require(throws: Problem.self) { try RunReader(path: path) }
        #expect(problem.kind == .data)
        let store = try RunStore(path: path)
        #expect(try await store.reader.runs().isEmpty)
        #expect(try await RunReader(path: path).runs().isEmpty)
        let none = await #expect(throws: Problem.self) { try await store.reader.run(.latest) }
        #expect(none?.kind == .noInput)
    }

    @Test("A record is opened again as it is") func again() async throws {
        let (first, run) = try await Samples.store(at: path, rounds: 2)
        try first.close()
        let store = try RunStore(path: path)
        #expect(try await store.reader.rounds(of: run).count == 2)
    }

    @Test("A file that is no database") func text() throws {
        try Data(String(repeating: "name: quickstart\n", count: 100).utf8).write(to: URL(filePath: path))
        #expect(try refusal().kind == .data)
        #expect(try names() == ["fed.sqlite"])
    }

    @Test("A folder") func isFolder() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        #expect(try refusal().kind == .noInput)
    }

    @Test("Another program's database stays as it is") func foreign() throws {
        let other = try DatabaseQueue(path: path)
        try other.write { db in try db.execute(sql: "CREATE TABLE songs (title TEXT)") }
        try other.close()
        let before = try Data(contentsOf: URL(filePath: path))
        let problem = try refusal()
        #expect(problem.kind == .data)
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(try names() == ["fed.sqlite"])
    }

    @Test("A file that was left before its first table was made becomes a record")
    func leftEarly() async throws {
        let database = try DatabaseQueue(path: path)
        try await database.write { db in
            try db.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        }
        try database.close()
        let problem = try #require(throws: Problem.self) { try RunReader(path: path) }
        #expect(problem.kind == .data && problem.what.contains("no tables yet"))
        let store = try RunStore(path: path)
        #expect(try await store.reader.runs().isEmpty)
        try store.close()
    }

    @Test("A record of a later version") func newer() async throws {
        try RunStore(path: path).close()
        let database = try DatabaseQueue(path: path)
        try await database.write { db in try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 later')") }
        try database.close()
        let problem = try refusal()
        #expect(problem.kind == .data)
        #expect(problem.what.contains("later version"))
    }

    @Test("A record of the first version is brought up to date by who opens it, if it may be written")
    func firstVersion() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 1)
        try store.close()
        let database = try DatabaseQueue(path: path)
        try await database.write { db in
            try Self.removeStaleness(db)
            for (table, columns) in [
                (
                    "runs",
                    [
                        "kernels", "transport", "scenario_digest", "parent_ulid", "parent_round", "without_clients",
                        "download_codec", "clock",
                    ]
                ),
                (
                    "client_rounds",
                    [
                        "own_data", "state_round", "scalars", "behaviours", "global_correct", "global_loss",
                        "personal_correct", "personal_loss", "held_out_examples",
                    ]
                ),
                (
                    "rounds",
                    [
                        "population", "own_data_clients", "state_digest", "validation_accuracy", "validation_loss",
                        "test_classes",
                    ]
                ),
            ] {
                for column in columns { try db.execute(sql: "ALTER TABLE \(table) DROP COLUMN \(column)") }
            }
            for table in ["updates", "states", "client_states", "branch_states", "attacks", "timelines"] {
                try db.execute(sql: "DROP TABLE \(table)")
            }
            try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier NOT LIKE '1 %'")
        }
        try database.close()
        let summary = try await RunReader(path: path).run(.number(run.number))
        #expect(summary.run.details.transport == .tcp && summary.run.details.scenarioDigest == nil)
        #expect(summary.run.details.isScenarioIntact && summary.run.details.branch == nil)
        let clients = try await RunReader(path: path).clientRounds(of: run, round: 1)
        #expect(clients == Samples.clients(1))
        let rounds = try await RunReader(path: path).rounds(of: run)
        #expect(rounds.map(\.round) == [1] && rounds.map(\.testClasses) == [nil])
    }

    /// Gives the clients of a round the key that they had before a client could be in one twice.
    private static func removeStaleness(_ db: Database) throws {
        let sql = try String.fetchOne(db, sql: "SELECT sql FROM sqlite_schema WHERE name = 'client_rounds'")
        let before = try #require(sql).split(separator: "\n").filter {
            !$0.contains("staleness INTEGER") && !$0.contains(" seconds REAL")
        }
        .joined(separator: "\n").replacing(", client, staleness)", with: ", client)")
        .replacing("\"client_rounds\"", with: "former")
        try db.execute(sql: before)
        let columns = try db.columns(in: "former").map(\.name).joined(separator: ", ")
        try db.execute(
            sql: """
                INSERT INTO former (\(columns)) SELECT \(columns) FROM client_rounds;
                DROP TABLE client_rounds;
                ALTER TABLE former RENAME TO client_rounds;
                CREATE INDEX client_rounds_by_client ON client_rounds (run_id, client, round);
                """)
    }

    @Test("A record from before the choice of kernels") func beforeKernels() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 1)
        try store.close()
        let database = try DatabaseQueue(path: path)
        try await database.write { db in
            try db.execute(sql: "ALTER TABLE runs DROP COLUMN kernels")
            try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '2 %'")
        }
        try database.close()
        try RunStore(path: path).close()
        let summary = try await RunReader(path: path).run(.number(run.number))
        #expect(summary.run.details.kernels == "openblas")
    }

    @Test("A damaged record") func damaged() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 30)
        try store.close()
        var bytes = try Data(contentsOf: URL(filePath: path))
        // All pages but the first, which holds the header and the schema.
        for index in 4096..<bytes.count { bytes[index] = 0x5A }
        try bytes.write(to: URL(filePath: path))
        let problem = await #expect(throws: Problem.self) {
            let reader = try RunReader(path: path)
            _ = try await reader.rounds(of: run)
        }
        #expect(problem?.kind == .data)
        #expect(problem?.remedy?.contains(".recover") == true)
    }

    @Test("A damaged model") func damagedModel() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 1)
        try store.close()
        let database = try DatabaseQueue(path: path)
        let size = Samples.layout.byteCount
        for damage in ["zeroblob(\(size))", "zeroblob(\(size - 4))", "x''"] {
            try await database.write { db in try db.execute(sql: "UPDATE models SET parameters = \(damage)") }
            let problem = await #expect(throws: Problem.self) {
                try await RunReader(path: path).latestModel(of: run)
            }
            #expect(problem?.kind == .data)
        }
        for layout in ["{}", #"[{"name":"w","shape":[-8]}]"#, #"[{"name":"w","shape":[9000000000,9000000000]}]"#] {
            try await database.write { db in try db.execute(sql: "UPDATE models SET layout = ?", arguments: [layout]) }
            await #expect(throws: Problem.self) { try await RunReader(path: path).latestModel(of: run) }
        }
    }

    @Test("Rows that somebody has spoiled are a problem, not a crash") func spoiledRow() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 1)
        try store.close()
        let database = try DatabaseQueue(path: path)
        try await database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = 1")
            try db.execute(sql: "UPDATE rounds SET model_digest = 'abc', started_at = 'yesterday'")
            try db.execute(sql: "UPDATE runs SET ulid = 'xyz', clients = 5000000000")
            try db.execute(sql: "UPDATE client_rounds SET client = -5 WHERE client = 1")
        }
        let reader = try RunReader(path: path)
        await #expect(throws: Problem.self) { try await reader.rounds(of: run) }
        await #expect(throws: Problem.self) { try await reader.runs() }
        await #expect(throws: Problem.self) { try await reader.clientRounds(of: run, round: 1) }
    }

    @Test("A database that is locked") func locked() async throws {
        let (first, run) = try await Samples.store(at: path, rounds: 1)
        try first.close()
        let store = try RunStore(path: path, lockTimeout: .milliseconds(200))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: path, configuration: configuration)
        try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
        let problem = await #expect(throws: Problem.self) {
            try await store.commit(Samples.round(2), clients: Samples.clients(2), model: Samples.model(2), of: run)
        }
        #expect(problem?.kind == .unavailable)
        // Reading needs no lock.
        #expect(try await store.reader.rounds(of: run).count == 1)
        try await other.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
        try await store.commit(Samples.round(2), clients: Samples.clients(2), model: Samples.model(2), of: run)
    }
}
