import Diagnostics
import Foundation
import GRDB

extension RunReader {
    /// Writes one run into a file of its own: a record with this run alone, that every command reads. It has the scenario,
    /// the digests of all updates and models, the metrics and the models that are kept, but no events, no updates, and
    /// nothing that names machines or folders.
    ///
    /// - Parameters:
    ///   - path: of the file, which is replaced when all is written.
    ///   - models: whether all kept models go with it, or the first and the latest alone.
    public func writeBundle(of run: RunIdentity, to path: String, models: BundledModels = .kept) async throws {
        let partial = path + ".partial"
        try? FileManager.default.removeItem(atPath: partial)
        defer { try? FileManager.default.removeItem(atPath: partial) }
        let source = self.path
        try await DatabaseProblem.translating(path) {
            var configuration = Configuration()
            configuration.label = "bundle"
            configuration.foreignKeysEnabled = true
            configuration.prepareDatabase { db in
                try db.execute(sql: "PRAGMA page_size = \(RunStore.pageBytes)")
            }
            let bundle = try DatabaseQueue(path: partial, configuration: configuration)
            try Schema.migrator.migrate(bundle)
            try await bundle.writeWithoutTransaction { db in
                // Rows that point to others come after them.
                try db.execute(sql: "ATTACH DATABASE ? AS source", arguments: [source])
                try db.inTransaction {
                    try Self.copy("runs", where: "id", run, db)
                    for table in [
                        "rounds", "client_rounds", "attacks", "models", "states", "client_states", "branch_states",
                    ] {
                        try Self.copy(table, where: "run_id", run, db)
                    }
                    try db.execute(sql: "UPDATE runs SET data_source = data_kind")
                    try db.execute(sql: "UPDATE client_rounds SET worker = NULL, detail = NULL")
                    if models == .firstAndLatest {
                        for table in ["states", "models"] {
                            try db.execute(
                                sql: """
                                    DELETE FROM \(table) WHERE round NOT IN (
                                        SELECT min(round) FROM models UNION SELECT max(round) FROM models)
                                    """)
                        }
                    }
                    return .commit
                }
                try db.execute(sql: "DETACH DATABASE source")
                try db.execute(sql: "VACUUM")
            }
            try bundle.close()
        }
        guard rename(partial, path) == 0 else {
            throw Problem(
                .noInput, "the file cannot be written: \(String(cString: strerror(errno)))", at: path,
                remedy: "check that its folder exists and may be written")
        }
    }

    private static func copy(_ table: String, where column: String, _ run: RunIdentity, _ db: Database) throws {
        // By name: tables that came to their columns in another order have the same.
        let columns = try db.columns(in: table).map(\.name).joined(separator: ", ")
        try db.execute(
            sql: "INSERT INTO main.\(table) (\(columns)) SELECT \(columns) FROM source.\(table) WHERE \(column) = ?",
            arguments: [run.number])
    }
}

/// Which models go into a bundle.
public enum BundledModels: Sendable, Hashable {
    /// All that the record keeps: a sample of the rounds can be checked without doing all of them again.
    case kept
    case firstAndLatest
}
