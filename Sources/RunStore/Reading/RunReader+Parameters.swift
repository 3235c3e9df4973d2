import Diagnostics
public import Federation
import Foundation
import GRDB
public import Parameters

// What a run keeps of its models and updates.
extension RunReader {
    /// The latest global model of a run: the initial one before the first round.
    ///
    /// - Parameter layout: what the model has to have, or there is a ``Problem``; the layout in the record if absent.
    public func latestModel(of run: RunIdentity, layout: ParameterLayout? = nil) async throws -> StoredModel {
        try await model(of: run, "ORDER BY round DESC LIMIT 1", [run.number], layout, name: "latest model")
    }

    /// The global model that `round` made, 0 for the initial one, or a ``Problem`` if its parameters are not kept.
    public func model(of run: RunIdentity, round: Int, layout: ParameterLayout? = nil) async throws -> StoredModel {
        try await model(of: run, "AND round = ?", [run.number, round], layout, name: "model of round \(round)")
    }

    /// The digest of the model that a round made, 0 for the initial one, as it stands beside its parameters; `nil` if these are
    /// not kept.
    public func modelDigest(of run: RunIdentity, round: Int) async throws -> ContentDigest? {
        try await read { db in
            try String.fetchOne(
                db, sql: "SELECT digest FROM models WHERE run_id = ? AND round = ?", arguments: [run.number, round]
            ).flatMap { ContentDigest(hexadecimal: $0) }
        }
    }

    /// The rounds whose models' parameters are kept, ascending.
    public func keptModels(of run: RunIdentity) async throws -> [Int] {
        try await read { db in
            try Int.fetchAll(
                db,
                sql: "SELECT round FROM models WHERE run_id = ? AND parameters IS NOT NULL ORDER BY round",
                arguments: [run.number])
        }
    }

    /// The update that a client's part in a round came to; `nil` if it is not kept, a ``Problem`` if it is not the one
    /// that the record has the digest of.
    ///
    /// - Parameters:
    ///   - staleness: by how many models the one was behind that the client began with.
    ///   - layout: of the run's updates.
    public func update(
        of run: RunIdentity, round: Int, client: ClientID, staleness: Int = 0, layout: PartsLayout
    ) async throws -> Parts? {
        let place = "\(path), run \(run.number)"
        return try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT updates.parameters, client_rounds.update_digest, client_rounds.scalars FROM updates
                    JOIN client_rounds USING (run_id, client, attempt)
                    WHERE run_id = ?1 AND client_rounds.round = ?2 AND client = ?3 AND staleness = ?4
                        AND status = 'reported' AND updates.round = ?2 - ?4
                    """, arguments: [run.number, round, client.rawValue, staleness])
            guard let row else { return nil }
            let bytes: Data = row["parameters"]
            let numbers = (row["scalars"] as String?).map {
                try? JSONDecoder().decode([Double].self, from: Data($0.utf8))
            }
            guard let scalars = numbers ?? [], scalars.count == layout.scalars.count,
                let digest = ContentDigest(hexadecimal: row["update_digest"] as String),
                let values = bytes.withUnsafeBytes({ ParameterVector(layout: layout.combined, canonicalBytes: $0) }),
                case let parts = Parts(layout: layout, values: values, scalars: scalars), parts.digest == digest
            else {
                throw Problem(
                    .data, "the update of client \(client) in round \(round) is damaged", at: place,
                    remedy: "take the database from a backup, or start the run again")
            }
            return parts
        }
    }

    /// The model that a round made, 0 for the initial one, and what the server remembered with it; the latest of all if no
    /// round is named.
    ///
    /// - Parameter layout: the strategy's.
    /// - Throws: a ``Problem`` if they are not kept or damaged.
    public func server(
        of run: RunIdentity, round: Int? = nil, layout: PartsLayout
    ) async throws -> (round: Int, parts: Parts) {
        let model =
            if let round {
                try await self.model(of: run, round: round, layout: layout.model)
            } else {
                try await latestModel(of: run, layout: layout.model)
            }
        var server = Parts(zerosFor: layout)
        server[vector: "model"] = model.parameters
        let place = "\(path), run \(run.number)"
        let found = try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT name, digest, bytes FROM states WHERE run_id = ? AND round = ?",
                arguments: [run.number, model.round]
            ).map { (name: $0["name"] as String, digest: $0["digest"] as String, bytes: $0["bytes"] as Data) }
        }
        let names = layout.vectors.filter { $0 != "model" } + layout.tables.map(\.name) + layout.scalars
        for name in names {
            let damage = Problem(
                .data, "the server's state \"\(name)\" of round \(model.round) is missing or damaged", at: place,
                remedy: "take the database from a backup, or start the run again")
            guard let row = found.first(where: { $0.name == name }),
                ContentDigest(of: Array(row.bytes)).description == row.digest
            else { throw damage }
            if layout.scalars.contains(name) {
                guard row.bytes.count == 8 else { throw damage }
                let bits = row.bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                server[scalar: name] = Double(bitPattern: bits)
            } else {
                let table = layout.tables.first { $0.name == name }
                let values = row.bytes.withUnsafeBytes {
                    ParameterVector(layout: table?.layout ?? layout.model, canonicalBytes: $0)
                }
                guard let values else { throw damage }
                if table == nil { server[vector: name] = values } else { server[table: name] = values }
            }
        }
        return (model.round, server)
    }

    /// The last round of each client whose update counted, where clients remember something.
    public func clientStates(of run: RunIdentity) async throws -> [ClientID: UInt32] {
        try await clientRounds(in: "client_states", of: run)
    }

    /// The round of which each client of a branch remembered something when it began.
    public func branchStates(of run: RunIdentity) async throws -> [ClientID: UInt32] {
        try await clientRounds(in: "branch_states", of: run)
    }

    /// Where a simulated run stands after its last committed round; `nil` before the first, and for other runs.
    public func timeline(of run: RunIdentity) async throws -> RecordedTimeline? {
        let row = try await read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT round, state, clients FROM timelines JOIN runs ON runs.id = run_id WHERE run_id = ?
                    """, arguments: [run.number]
            ).map { (round: $0["round"] as Int, text: $0["state"] as String, clients: $0["clients"] as Int) }
        }
        guard let row else { return nil }
        guard let timeline = try? RecordedTimeline(text: row.text),
            timeline.isPossible(after: row.round, population: row.clients)
        else {
            throw Problem(
                .data, "timelines.state is damaged: it is not what a simulated run goes on from",
                at: "\(path), run \(run.number)", remedy: "take the database from a backup")
        }
        return timeline
    }

    private func clientRounds(in table: String, of run: RunIdentity) async throws -> [ClientID: UInt32] {
        try await read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT client, round FROM \(table) WHERE run_id = ?", arguments: [run.number])
            return Dictionary(
                rows.map { (ClientID($0["client"] as UInt32), $0["round"] as UInt32) }, uniquingKeysWith: max)
        }
    }

    /// What a client of a branch remembered when it began.
    ///
    /// - Parameter layout: the strategy's.
    /// - Throws: a ``Problem`` if it is not there or damaged.
    public func branchState(of client: ClientID, in run: RunIdentity, layout: PartsLayout) async throws -> Parts {
        let row = try await read { db in
            try Row.fetchOne(
                db, sql: "SELECT digest, bytes FROM branch_states WHERE run_id = ? AND client = ?",
                arguments: [run.number, client.rawValue]
            ).map { (digest: $0["digest"] as String, bytes: $0["bytes"] as Data) }
        }
        guard let row, let state = row.bytes.withUnsafeBytes({ Parts(layout: layout, canonicalBytes: $0) }),
            state.digest.description == row.digest
        else {
            throw Problem(
                .data, "what client \(client) remembers at the beginning of the branch is missing or damaged",
                at: "\(path), run \(run.number)", remedy: "take the database from a backup, or branch off again")
        }
        return state
    }

    /// The clients whose updates of a round are kept.
    public func keptUpdates(of run: RunIdentity, round: Int) async throws -> Set<ClientID> {
        try await read { db in
            let clients = try UInt32.fetchAll(
                db,
                sql: """
                    SELECT client FROM client_rounds JOIN updates USING (run_id, client, attempt)
                    WHERE run_id = ? AND client_rounds.round = ? AND status = 'reported'
                        AND updates.round = client_rounds.round - staleness
                    """, arguments: [run.number, round])
            return Set(clients.map { ClientID($0) })
        }
    }

    /// The room that a run's parameters take.
    public func storage(of run: RunIdentity) async throws -> RunStorage {
        try await read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT
                        (SELECT count(parameters) FROM models WHERE run_id = ?1) AS models,
                        (SELECT ifnull(sum(length(parameters)), 0) FROM models WHERE run_id = ?1) AS model_bytes,
                        (SELECT count(*) FROM updates WHERE run_id = ?1) AS updates,
                        (SELECT ifnull(sum(length(parameters)), 0) FROM updates WHERE run_id = ?1) AS update_bytes
                    """, arguments: [run.number]
            ).map {
                RunStorage(
                    models: $0["models"], modelBytes: $0["model_bytes"], updates: $0["updates"],
                    updateBytes: $0["update_bytes"])
            } ?? RunStorage(models: 0, modelBytes: 0, updates: 0, updateBytes: 0)
        }
    }

    private func model(
        of run: RunIdentity, _ clause: String, _ arguments: StatementArguments, _ expected: ParameterLayout?,
        name: String
    ) async throws -> StoredModel {
        let place = "\(path), run \(run.number)"
        return try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT round, digest, parameters, layout FROM models WHERE run_id = ? \(clause)",
                arguments: arguments)
            guard let row, let bytes: Data = row["parameters"] else {
                throw Problem(.noInput, "the record has not kept the \(name)", at: place)
            }
            let damage = Problem(
                .data, "the \(name) is damaged", at: place,
                remedy: "take the database from a backup, or start the run again")
            guard let layout = LayoutText.decode(row["layout"]),
                let digest = ContentDigest(hexadecimal: row["digest"] as String),
                let parameters = bytes.withUnsafeBytes({ ParameterVector(layout: layout, canonicalBytes: $0) }),
                parameters.digest == digest
            else { throw damage }
            guard expected == nil || expected == layout else {
                throw Problem(
                    .data, "the \(name) has other tensors than the scenario's model", at: place,
                    remedy: "use the scenario that the run was started with")
            }
            return StoredModel(round: row["round"], digest: digest, parameters: parameters)
        }
    }
}
