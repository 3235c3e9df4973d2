import GRDB

// What the record knows of clients that misbehave.
extension RunReader {
    /// The behaviours of a run in a round, in the order of the scenario.
    public func attacks(of run: RunIdentity, round: Int) async throws -> [AttackRecord] {
        try await read { db in
            try StoredRow<AttackRecord>.fetchAll(
                db, sql: "SELECT * FROM attacks WHERE run_id = ? AND round = ? ORDER BY place",
                arguments: [run.number, round]
            ).map(\.record)
        }
    }

    /// The behaviours of a run in all its rounds, by round and in the order of the scenario.
    public func attacks(of run: RunIdentity) async throws -> [RoundAttack] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM attacks WHERE run_id = ? ORDER BY round, place", arguments: [run.number]
            ).map { row in
                RoundAttack(
                    round: row["round"],
                    attack: AttackRecord(
                        place: row["place"], kind: row["kind"], clients: row["clients"], success: row["success"]))
            }
        }
    }
}
