public import Federation
import GRDB

// What the rounds of a run say of its clients.
extension RunReader {
    /// What is known of each client that has reported, or was late: its last loss, and how long it took the last time.
    public func experiences(of run: RunIdentity) async throws -> [ClientID: Experience] {
        try await read { db in
            var experiences: [ClientID: Experience] = [:]
            // Of a client that is in a round twice, the older update came first.
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT client, round, status, loss, seconds FROM client_rounds
                    WHERE run_id = ? AND (status = 'reported' OR reason = 'deadline')
                    ORDER BY client, round, staleness DESC
                    """, arguments: [run.number])
            while let row = try rows.next() {
                let client = ClientID(row["client"] as UInt32)
                let experience = Experience(
                    round: row["round"], loss: row["status"] == "reported" ? row["loss"] : nil, seconds: row["seconds"])
                experiences[client] = experiences[client]?.updated(by: experience) ?? experience
            }
            return experiences
        }
    }
}
