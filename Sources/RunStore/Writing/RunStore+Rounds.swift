import Diagnostics
public import Federation
import Foundation
import GRDB
public import Parameters

// The rounds of a run, and the updates that they are made of.
extension RunStore {
    /// Commits a round in one transaction: its row, its clients' rows, the new global model, and the removal of
    /// parameters that are not kept any longer. Either all of it is in the record afterwards, or nothing.
    ///
    /// - Parameters:
    ///   - round: the one after the last that was committed.
    ///   - clients: a row for each client of the cohort.
    ///   - attacks: a row for each behaviour that the scenario names.
    ///   - model: what the round made; its digest is the round's.
    ///   - state: what the server remembers, in parts of which the model is one; `nil` where it remembers nothing.
    ///   - clientsRemember: whether clients remember something from the rounds in which their updates count.
    ///   - settledThrough: the last round that clients no longer train from; the round itself unless given.
    ///   - timeline: where a simulated run stands then.
    ///   - best: the round with the best model so far, which stays; `nil`: none does for being so.
    ///   - retention: what of earlier rounds stays.
    public func commit(
        _ round: RoundRecord, clients: [ClientRoundRecord], attacks: [AttackRecord] = [], model: ParameterVector,
        state: Parts? = nil,
        clientsRemember: Bool = false, settledThrough: Int? = nil, timeline: RecordedTimeline? = nil,
        best: Retention.Best? = nil,
        retention: Retention = Retention(),
        of run: RunIdentity
    ) async throws {
        let place = "\(path), run \(run.number), round \(round.round)"
        guard model.digest == round.modelDigest, state?.digest == round.stateDigest else {
            throw Problem(.software, "the round's digest is not its model's", at: place)
        }
        let reported = clients.count { $0.status == .reported }
        guard reported == round.clientsReported, clients.count - reported == round.clientsFailed else {
            throw Problem(
                .software,
                "the round counts \(round.clientsReported) reported and \(round.clientsFailed) failed clients, "
                    + "its rows \(reported) and \(clients.count - reported)", at: place)
        }
        try await write { db in
            let models = try Row.fetchOne(
                db, sql: "SELECT min(round) AS first, max(round) AS last FROM models WHERE run_id = ?",
                arguments: [run.number])
            let last: Int? = models?["last"]
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
            for attack in attacks {
                try StoredRow(record: attack, runID: run.number, round: round.round).insert(db)
            }
            let first: Int = models?["first"] ?? 0
            for old in retention.modelsToDrop(after: round.round, first: first, best: best) {
                // All of the row, so that its pages are used again: one without parameters would hold on to most of a page.
                for table in ["models", "states"] {
                    try db.execute(
                        sql: "DELETE FROM \(table) WHERE run_id = ? AND round = ?", arguments: [run.number, old])
                }
            }
            try Self.insert(model, digest: round.modelDigest, round: round.round, run: run.number, db)
            if let state { try Self.insert(state, round: round.round, run: run.number, db) }
            for client in clients where clientsRemember && client.status == .reported {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO client_states (run_id, client, round) VALUES (?, ?, ?)",
                    arguments: [run.number, client.client.rawValue, round.round])
            }
            if let timeline {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO timelines (run_id, round, state) VALUES (?, ?, ?)",
                    arguments: [run.number, round.round, try timeline.text])
            }
            // Updates that came in and are part of no model.
            let settled = settledThrough ?? round.round
            try db.execute(
                sql: """
                    DELETE FROM updates WHERE run_id = ? AND round BETWEEN ? AND ? AND NOT EXISTS (
                        SELECT 1 FROM client_rounds AS part WHERE part.run_id = updates.run_id
                            AND part.round = updates.round + part.staleness AND part.client = updates.client
                            AND part.attempt = updates.attempt AND part.status = 'reported')
                    """, arguments: [run.number, min(settled, round.round - retention.modelsInUse), settled])
            if let old = retention.roundToThin(after: round.round) { try Self.thin(old, of: run, db) }
        }
    }

    /// Drops of a round what can be made again of the rest: the rows of clients that reported, unless they trained on data of
    /// their own, and their updates.
    private static func thin(_ round: Int, of run: RunIdentity, _ db: Database) throws {
        let places: StatementArguments = ["run": run.number, "round": round]
        let gone = "run_id = :run AND round = :round AND status = 'reported' AND own_data = 0"
        try db.execute(
            sql: """
                DELETE FROM updates WHERE run_id = :run AND round = :round
                    AND client IN (SELECT client FROM client_rounds WHERE \(gone))
                """, arguments: places)
        try db.execute(sql: "DELETE FROM client_rounds WHERE \(gone)", arguments: places)
    }

    /// Keeps an update, before its round is committed: the commit drops those that are not part of the round's model.
    public func keep(_ update: Parts, of key: UpdateKey, in run: RunIdentity) async throws {
        try await write { db in
            try Self.withData(of: update.values) { data in
                try db.execute(
                    sql: """
                        INSERT OR REPLACE INTO updates (run_id, round, client, attempt, parameters)
                        VALUES (?, ?, ?, ?, ?)
                        """,
                    arguments: [run.number, key.round, key.client.rawValue, key.attempt, data])
            }
        }
    }
}
