import Client
public import Datasets
import Diagnostics
import Federation
public import Learning
public import Parameters
public import RunStore
public import Runs
public import Scenarios

/// A run out of the record, ready to be done again: its scenario as it was, the same data, its kernels.
public struct RecordedRun: Sendable {
    public let summary: RunSummary
    public let context: RunContext
    /// Train and evaluate.
    public let threads: TrainingThreads
    let reader: RunReader
    /// The run and its database, for messages.
    public let place: String
    /// What a client does.
    let training: ClientTraining
    let replayed = ReplayedStates()

    /// - Parameter dataset: what the summary's request for data gave.
    /// - Throws: a ``Problem`` when these are not the run's data.
    public init(
        _ summary: RunSummary, in reader: RunReader, scenario: Scenario, dataset: Dataset, threads count: Int
    ) throws {
        place = summary.place(in: reader)
        try summary.check(dataset, at: place)
        context = try RunContext(scenario: scenario, dataset: dataset)
        self.summary = summary
        self.reader = reader
        threads = TrainingThreads(count: count, model: context.model, kernels: scenario.kernels.kernels)
        training = context.clientTraining
    }

    var identity: RunIdentity { summary.run.identity }

    /// How many clients have to be trained to do these rounds again.
    public func trainings(in rounds: [Int]) async throws -> Int {
        try await reader.sharedDataUpdates(of: identity, rounds: rounds)
    }

    /// Whether clients of the run hold examples of their own, which are not to be had here.
    public var hasOwnData: Bool {
        get async throws { try await reader.hasOwnData(identity) }
    }

    /// What the bits of a result depend on besides scenario and data, and is not the same here as it was there, each in a
    /// sentence.
    public var otherCircumstances: [String] {
        let details = summary.run.details
        var found: [String] = []
        if details.programVersion != ProgramVersion.current {
            found.append("the run was made by version \(details.programVersion), this is \(ProgramVersion.current)")
        }
        if context.scenario.kernels == .openblas {
            if details.openblasCore != BLAS.coreName {
                found.append(
                    "OpenBLAS computed with its kernels for \(details.openblasCore), here for \(BLAS.coreName), which "
                        + "round differently")
            }
            if details.openblasConfig != BLAS.configuration {
                found.append("OpenBLAS was \(details.openblasConfig), here it is \(BLAS.configuration)")
            }
        }
        return found
    }

    // MARK: Its rounds

    /// A committed round.
    ///
    /// - Throws: a ``Problem`` when the run has no such round.
    public func round(_ number: Int) async throws -> RecordedRound {
        guard (summary.firstRound...max(summary.firstRound, summary.lastRound)).contains(number),
            summary.lastRound >= summary.firstRound
        else {
            throw Problem(
                .noInput, "the run has no round \(number)", at: place,
                remedy: summary.lastRound < summary.firstRound
                    ? "no round of it has been committed"
                    : "its rounds are \(summary.firstRound) to \(summary.lastRound)")
        }
        guard let row = try await reader.round(of: identity, round: number) else {
            throw Problem(.data, "round \(number) is missing in the record", at: place)
        }
        let clients = try await clients(of: row)
        if let digest = try await reader.modelDigest(of: identity, round: number), digest != row.modelDigest {
            throw Problem(
                .data, "the model of round \(number) has one digest in the table rounds, another in models", at: place,
                remedy: "take the database from a backup")
        }
        return RecordedRound(
            row: row, clients: clients,
            partialWork: context.scenario.partialWork(of: clients.map(\.client), in: UInt32(number)))
    }

    /// The rows of a round's clients. Those that are no longer kept are made of the rest, with no digest: their clients were
    /// selected, and did not fail.
    func clients(of row: RoundRecord) async throws -> [ClientRoundRecord] {
        let kept = try await reader.clientRounds(of: identity, round: row.round)
        guard kept.count < row.clientsSelected else { return kept }
        let known = Set(kept.map(\.client))
        let others = (selected(in: row) ?? []).filter { !known.contains($0) }
        let clients =
            kept
            + others.map { client in
                ClientRoundRecord(
                    client: client, attempt: 1, status: .reported,
                    examples: Int64(context.partition.count(of: Int(client.rawValue))))
            }
        let reported = clients.filter { $0.status == .reported }
        guard clients.count == row.clientsSelected, reported.count == row.clientsReported,
            reported.reduce(0, { $0 + ($1.examples ?? 0) }) == row.examples
        else {
            throw Problem(
                .data, "rows of clients of round \(row.round) are missing in the record, and not only such as may be",
                at: place, remedy: "take the database from a backup")
        }
        return clients.sorted { $0.client < $1.client }
    }

    /// The cohort that a round should have had; `nil` where that depends on who was there, or on examples of clients' own.
    func selected(in row: RoundRecord) -> [ClientID]? {
        let plan = context.scenario.roundPlan
        // Who was free decided, and that was a matter of time.
        guard context.strategy.asynchrony == nil else { return nil }
        let areDealt = row.ownDataClients == 0
        guard areDealt || plan.selection == .uniform else { return nil }
        return plan.selected(in: UInt32(row.round)) { [partition = context.partition] in
            areDealt ? partition.count(of: Int($0.rawValue)) : 1
        }
    }

    /// Reads all models that are kept; the rounds that made them.
    ///
    /// - Throws: a ``Problem`` that names the first that is damaged.
    func checkKeptModels() async throws -> Set<Int> {
        let rounds = try await reader.keptModels(of: identity)
        for round in rounds { _ = try await keptServer(of: round) }
        return Set(rounds)
    }

    /// The global model before a round, with the server's state: from the record, or made again from the last that was kept.
    /// Where clients remember something, all rounds are done again from the first: what they remember since is not in the record;
    /// and where they do not wait for each other, for the models that they train from.
    ///
    /// - Parameter remade: told each round that has to be done again, when it is done.
    /// - Throws: a ``Problem`` when the record has no model to begin with, or a round that is done again does not come to
    ///   the recorded model.
    public func server(
        before round: Int, remade: @Sendable (Int) -> Void = { _ in }
    ) async throws -> Parts {
        try await position(before: round, remade: remade).server
    }

    /// Whether a round cannot be done again without all that were before it: clients remember something, or train from
    /// models of earlier rounds.
    var needsAllRounds: Bool { context.strategy.parts.hasClientState || context.strategy.asynchrony != nil }

    /// What a round that has this model begins with, where none was before it.
    func position(at server: Parts) -> ReplayPosition {
        ReplayPosition(
            server: server, models: ReceivedModels(depth: context.strategy.asynchrony?.maximumStaleness ?? 0))
    }

    /// The same as ``server(before:remade:)``, with the models from which clients of the round trained.
    func position(
        before round: Int, remade: @Sendable (Int) -> Void = { _ in }
    ) async throws -> ReplayPosition {
        let models = try await reader.keptModels(of: identity)
        let fromFirst = needsAllRounds
        if fromFirst { try await beginStates() }
        let kept = fromFirst ? models.first { $0 == summary.firstRound - 1 } : models.last { $0 < round }
        guard let kept else { throw Problem(.data, "the record has no model to begin with", at: place) }
        var position = position(at: try await keptServer(of: kept))
        for number in (kept + 1)..<max(round, kept + 1) {
            let recorded = try await self.round(number)
            position.server = try await aggregate(recorded, from: &position).server
            guard position.server.digest == recorded.row.stateDigest ?? recorded.row.modelDigest else {
                throw Problem(
                    .data,
                    "round \(number), done again, does not come to the recorded model: what follows from it cannot be "
                        + "checked", at: place, remedy: "fed replay says where the two part")
            }
            remade(number)
        }
        return position
    }

    /// Begins with what clients remember before the first round: nothing, or, of a branch, what the record says.
    func beginStates() async throws {
        guard context.strategy.parts.hasClientState else { return }
        replayed.reset()
        guard summary.run.details.branch != nil else { return }
        for (client, round) in try await reader.branchStates(of: identity) {
            try replayed.remember(
                try await reader.branchState(of: client, in: identity, layout: context.stateLayout), of: client,
                from: round)
        }
    }

    /// What clients remember after the rounds that were done again last.
    func rememberedStates() -> RememberedStates {
        let layout = context.stateLayout
        let rounds = replayed.lastRounds
        return RememberedStates(rounds: rounds) { [replayed, place] client in
            guard let state = replayed.states.state(of: client, after: rounds[client] ?? 0, layout: layout) else {
                throw Problem(
                    .software, "what client \(client) remembers of round \(rounds[client] ?? 0) is gone", at: place)
            }
            return state
        }
    }

    /// The clients whose updates of a round can neither be made again nor read: they trained on data of their own, and the
    /// record has not kept them.
    func missingUpdates(of round: RecordedRound) async throws -> Set<ClientID> {
        let own = Set(round.reported.filter(\.ownData).map(\.client))
        return own.isEmpty ? [] : own.subtracting(try await reader.keptUpdates(of: identity, round: round.number))
    }

    /// What the record says of a round's behaviours.
    func attacks(in round: RecordedRound) async throws -> [AttackRecord] {
        try await reader.attacks(of: identity, round: round.number)
    }

    // MARK: What may be asked for and is not there

    func noSuchClient(_ client: ClientID, _ round: RecordedRound) -> Problem {
        let cohort = round.clients.map(\.client.description).joined(separator: ", ")
        return Problem(
            .noInput, "client \(client) was not in round \(round.number)", at: place,
            remedy: "its clients were \(cohort)")
    }

    func noUpdate(of client: ClientRoundRecord, _ round: RecordedRound) -> Problem {
        Problem(
            .noInput,
            "client \(client.client) gave no update in round \(round.number): \(client.reason ?? "it failed")",
            at: place)
    }

    func noDigest(of client: ClientID, _ round: RecordedRound) -> Problem {
        Problem(
            .noInput, "the record no longer has the digest of client \(client)'s update in round \(round.number)",
            at: place,
            remedy: "check the whole round with --round; keep_client_rounds in the scenario says how long rows are kept"
        )
    }

    /// A model that is kept, with the server's state.
    func keptServer(of round: Int) async throws -> Parts {
        let layout = context.serverLayout
        let server = try await reader.server(of: identity, round: round, layout: layout).parts
        guard round == 0 else { return server }
        guard server.digest == context.initialServer.digest else {
            throw Problem(.data, "the initial model is not the one that the scenario's seed makes", at: place)
        }
        return server
    }
}
