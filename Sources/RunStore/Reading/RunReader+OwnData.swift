public import Federation
import GRDB

// What the record knows of clients that hold examples of their own.
extension RunReader {
    /// Whether clients of the run hold examples of their own, which nobody else can train on.
    public func hasOwnData(_ run: RunIdentity) async throws -> Bool {
        try await read { db in
            // Rounds of earlier versions do not say it of all clients.
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM rounds WHERE run_id = ?1 AND own_data_clients > 0)
                        OR EXISTS (SELECT 1 FROM client_rounds WHERE run_id = ?1 AND own_data = 1)
                    """, arguments: [run.number]) ?? false
        }
    }

    /// The clients of a run that have trained on examples of their own in a round that was committed.
    public func ownDataClients(of run: RunIdentity) async throws -> Set<ClientID> {
        try await read { db in
            let clients = try UInt32.fetchAll(
                db, sql: "SELECT DISTINCT client FROM client_rounds WHERE run_id = ? AND own_data = 1",
                arguments: [run.number])
            return Set(clients.map { ClientID($0) })
        }
    }

    /// How many updates these rounds are made of, without those of clients that trained on examples of their own.
    public func sharedDataUpdates(of run: RunIdentity, rounds: [Int]) async throws -> Int {
        try await read { db in
            try Int.fetchOne(
                db,
                sql: """
                    WITH wanted AS (SELECT value AS round FROM json_each(?2))
                    SELECT (SELECT ifnull(sum(clients_reported), 0) FROM rounds JOIN wanted USING (round)
                            WHERE run_id = ?1)
                        - (SELECT count(*) FROM client_rounds JOIN wanted USING (round)
                            WHERE run_id = ?1 AND status = 'reported' AND own_data = 1)
                    """, arguments: [run.number, "[\(rounds.map(String.init).joined(separator: ","))]"]) ?? 0
        }
    }
}
