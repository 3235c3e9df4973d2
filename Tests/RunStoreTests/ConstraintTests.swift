import Foundation
import GRDB
import RunStore
import TestSupport
import Testing

/// The tables refuse rows that cannot be true, whoever writes them.
@Suite struct ConstraintTests {
    static let refused = [
        "UPDATE runs SET ulid = 'short'",
        "UPDATE runs SET rounds_planned = 0",
        "UPDATE runs SET clients = 0",
        "UPDATE runs SET cohort = 0",
        "UPDATE runs SET cohort = clients + 1",
        "UPDATE runs SET parameters = 0",
        "UPDATE runs SET cores = 0",
        "UPDATE runs SET data_digest = upper(data_digest)",
        "UPDATE runs SET data_digest = 'abc'",
        "UPDATE runs SET started_at = '31 January 2025'",
        "UPDATE runs SET status = 'paused'",
        "UPDATE runs SET status = 'finished'",
        "UPDATE runs SET finished_at = started_at",
        "UPDATE runs SET name = NULL",
        "UPDATE runs SET seed = 'forty-two'",
        "UPDATE rounds SET round = 0",
        "UPDATE rounds SET run_id = 99",
        "UPDATE rounds SET test_accuracy = 1.01",
        "UPDATE rounds SET test_accuracy = -0.01",
        "UPDATE rounds SET test_accuracy = NULL",
        "UPDATE rounds SET model_digest = 'abc'",
        "UPDATE rounds SET clients_selected = 4",
        "UPDATE rounds SET clients_failed = -1, clients_reported = 4",
        "UPDATE rounds SET clients_reported = -1, clients_failed = 4",
        "UPDATE rounds SET clients_selected = 0, clients_reported = 0, clients_failed = 0",
        "UPDATE rounds SET train_accuracy = 2",
        "UPDATE rounds SET examples = -1",
        "UPDATE rounds SET bytes_sent = -1",
        "UPDATE rounds SET bytes_received = -1",
        "UPDATE rounds SET select_seconds = -1",
        "UPDATE rounds SET collect_seconds = -1",
        "UPDATE rounds SET aggregate_seconds = -1",
        "UPDATE rounds SET evaluate_seconds = -1",
        "UPDATE rounds SET test_classes = 'not JSON'",
        "UPDATE rounds SET test_classes = '{}'",
        "UPDATE rounds SET started_at = ''",
        "UPDATE rounds SET committed_at = '2025-01-31 09:05:07'",
        "UPDATE client_rounds SET round = 9",
        "UPDATE client_rounds SET client = -1 WHERE client = 1",
        "UPDATE client_rounds SET client = 1",
        "UPDATE client_rounds SET attempt = 0",
        "UPDATE client_rounds SET status = 'late'",
        "UPDATE client_rounds SET status = 'failed'",
        "UPDATE client_rounds SET status = 'reported'",
        "UPDATE client_rounds SET reason = '' WHERE client = 7",
        "UPDATE client_rounds SET reason = NULL",
        "UPDATE client_rounds SET examples = NULL",
        "UPDATE client_rounds SET examples = -1",
        "UPDATE client_rounds SET accuracy = 1.5",
        "UPDATE client_rounds SET steps = -1",
        "UPDATE client_rounds SET bytes_received = -1",
        "UPDATE client_rounds SET train_seconds = -1",
        "UPDATE client_rounds SET transfer_seconds = -1",
        "UPDATE client_rounds SET update_digest = NULL",
        "UPDATE client_rounds SET update_digest = 'abc'",
        "UPDATE models SET run_id = 99",
        "UPDATE models SET round = -1 WHERE round = 0",
        "UPDATE models SET digest = 'abc'",
        "UPDATE models SET parameters = x'000000'",
        "UPDATE models SET layout = 'not JSON'",
        "UPDATE events SET run_id = 99",
        "UPDATE events SET at = 'now'",
        "UPDATE events SET kind = ''",
        "UPDATE events SET text = NULL",
    ]

    @Test("Rows that cannot be true", arguments: refused) func refuses(statement: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("fed.sqlite")
        let (store, run) = try await Samples.store(at: path, rounds: 2)
        try await store.record(EventRecord(at: Samples.start, kind: "joined", text: "x"), of: run)
        try store.close()
        let database = try DatabaseQueue(path: path)
        let error = #expect(throws: DatabaseError.self) { try database.write { db in try db.execute(sql: statement) } }
        #expect(error?.resultCode == .SQLITE_CONSTRAINT)
    }

    @Test("A run that is deleted takes all of its rows with it, and its number is not given again")
    func deletion() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("fed.sqlite")
        let (store, run) = try await Samples.store(at: path, rounds: 2)
        try await store.record(EventRecord(at: Samples.start, kind: "joined", text: "x"), of: run)
        let database = try DatabaseQueue(path: path)
        try await database.write { db in try db.execute(sql: "DELETE FROM runs WHERE id = 1") }
        for table in ["runs", "rounds", "client_rounds", "models", "events"] {
            let count = try await database.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") }
            #expect(count == 0, "\(table)")
        }
        let next = try await store.beginRun(Samples.run(), initialModel: Samples.model(0), at: Samples.start)
        #expect(next.number == 2)
    }
}
