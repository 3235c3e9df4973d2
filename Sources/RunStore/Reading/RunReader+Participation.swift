import Federation
import GRDB

// Who takes part in a run.
extension RunReader {
    /// How often each client of a run was asked for an update, what became of it, and how good models are for it.
    public func participation(of run: RunRecord) async throws -> Participation {
        let number = run.identity.number
        return try await read { db in
            var clients = (0..<UInt32(clamping: run.details.clients)).map { ClientParticipation(ClientID($0)) }
            let counts = try Row.fetchCursor(
                db,
                sql: """
                    SELECT client, count(*) AS asked, count(*) FILTER (WHERE status = 'reported') AS counted,
                        ifnull(sum(examples) FILTER (WHERE status = 'reported'), 0) AS examples,
                        avg(train_seconds) FILTER (WHERE status = 'reported') AS train_seconds
                    FROM client_rounds WHERE run_id = ? GROUP BY client
                    """, arguments: [number])
            var rows = 0
            while let row = try counts.next() {
                let place: Int = row["client"]
                rows += row["asked"] as Int
                guard clients.indices.contains(place) else { continue }
                clients[place].asked = row["asked"]
                clients[place].counted = row["counted"]
                clients[place].examples = row["examples"]
                clients[place].trainSeconds = row["train_seconds"]
            }
            let failures = try Row.fetchCursor(
                db,
                sql: """
                    SELECT client, ifnull(reason, 'failed') AS reason, count(*) AS count FROM client_rounds
                    WHERE run_id = ? AND status = 'failed' GROUP BY client, reason
                    """, arguments: [number])
            while let row = try failures.next() {
                let place: Int = row["client"]
                guard clients.indices.contains(place) else { continue }
                clients[place].failures[row["reason"] as String] = row["count"]
            }
            // Of a group, SQLite takes the row that has the greatest round.
            let evaluations = try Row.fetchCursor(
                db,
                sql: """
                    SELECT client, max(round), 1.0 * global_correct / held_out_examples AS global,
                        1.0 * personal_correct / held_out_examples AS personal
                    FROM client_rounds WHERE run_id = ? AND held_out_examples IS NOT NULL GROUP BY client
                    """, arguments: [number])
            while let row = try evaluations.next() {
                let place: Int = row["client"]
                guard clients.indices.contains(place) else { continue }
                clients[place].globalAccuracy = row["global"]
                clients[place].personalAccuracy = row["personal"]
            }
            let selected =
                try Int.fetchOne(
                    db, sql: "SELECT ifnull(sum(clients_selected), 0) FROM rounds WHERE run_id = ?",
                    arguments: [number]) ?? 0
            return Participation(clients, missingRows: max(0, selected - rows))
        }
    }
}
