import GRDB

// What clients found on the examples that they hold out.
extension RunReader {
    /// Of each client of a run, what it did in the last round in which it evaluated models; by their ids.
    public func latestEvaluations(of run: RunIdentity) async throws -> [ClientRoundRecord] {
        try await read { db in
            // Of a group, SQLite takes the row that has the greatest round.
            try StoredRow<ClientRoundRecord>.fetchAll(
                db,
                sql: """
                    SELECT *, max(round) FROM client_rounds WHERE run_id = ? AND held_out_examples IS NOT NULL
                    GROUP BY client ORDER BY client
                    """, arguments: [run.number]
            ).map(\.record)
        }
    }

    /// What the clients of each round found, by round; none of rounds whose clients evaluated nothing.
    public func heldOutAccuracy(of run: RunIdentity) async throws -> [RoundHeldOutAccuracy] {
        try await read { db in
            var rounds: [RoundHeldOutAccuracy] = []
            var clients: [ClientRoundRecord] = []
            func finish(_ round: Int) {
                if let accuracy = HeldOutAccuracy(clients) {
                    rounds.append(RoundHeldOutAccuracy(round: round, accuracy: accuracy))
                }
                clients.removeAll(keepingCapacity: true)
            }
            var current = 0
            let cursor = try Row.fetchCursor(
                db,
                sql: """
                    SELECT * FROM client_rounds WHERE run_id = ? AND held_out_examples IS NOT NULL ORDER BY round
                    """, arguments: [run.number])
            while let row = try cursor.next() {
                let round: Int = row["round"]
                if round != current {
                    finish(current)
                    current = round
                }
                clients.append(try StoredRow<ClientRoundRecord>(row: row).record)
            }
            finish(current)
            return rounds
        }
    }
}
