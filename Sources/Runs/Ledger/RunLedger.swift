import Datasets
public import Federation
public import Foundation
public import Learning
public import Parameters
public import RunStore
import Scenarios
import Synchronization
import Wire

/// One run in the record, while it is made, whatever carries its messages: rounds are evaluated and committed here, events
/// written down, and whoever watches is told.
public final class RunLedger: Sendable {
    private struct State {
        var roundsCommitted = 0
        var accuracy: Double?
        var digest: ContentDigest
        var patience: Patience?
        /// The round with the best model, and how good that is.
        var best: (round: Int, score: Double)?
    }

    public let context: RunContext
    public let identity: RunIdentity
    /// Evaluate the models.
    public let threads: TrainingThreads
    /// Of all times in the record.
    public let clock: RunClock
    /// When the run began, by ``clock``.
    public let startedAt: Date
    /// The model that the run begins or goes on with, and the round that made it.
    public let base: RunBase
    /// The clients that have trained on examples of their own in rounds before those that follow.
    public let ownDataClients: Set<ClientID>
    /// What happens and is no round.
    public let journal: RunJournal
    /// Why the last committed round is the run's last.
    private let end: RunEnd?
    private let store: RunStore
    private let watcher: @Sendable (RunProgress) -> Void
    private let state: Mutex<State>

    /// Begins a run in the record.
    ///
    /// - Parameters:
    ///   - base: what the run begins with, if it is a branch of another.
    ///   - transport: what carries its messages.
    ///   - threads: evaluate the global models; as many as there are cores.
    ///   - clock: of the times in the record.
    ///   - watcher: told how the run goes on; must not wait.
    public convenience init(
        beginning context: RunContext, base: RunBase? = nil, transport: RunTransport, store: RunStore,
        threads: TrainingThreads, machine: MachineDescription = .current,
        clock: RunClock = .system, watcher: @escaping @Sendable (RunProgress) -> Void
    ) async throws {
        let base = base ?? RunBase(round: 0, server: context.initialServer, branch: nil)
        let startedAt = clock.date()
        let identity = try await store.beginRun(
            NewRun(context: context, transport: transport, clock: clock.kind, branch: base.branch, machine: machine),
            initialModel: base.server[vector: "model"], round: base.round,
            state: context.strategy.parts.hasServerState ? base.server : nil, clients: base.remembered,
            at: startedAt)
        self.init(
            identity, context, base, State(digest: base.server.digest, patience: context.scenario.patience), store,
            threads, clock,
            startedAt, watcher, end: nil, ownDataClients: [])
    }

    /// Goes on with a run that did not come to its end.
    ///
    /// - Parameters:
    ///   - summary: the run, as the record has it.
    ///   - context: its scenario, with its data.
    /// - Throws: a `Problem` when the run is finished, or its latest model is damaged.
    public convenience init(
        resuming summary: RunSummary, _ context: RunContext, store: RunStore, threads: TrainingThreads,
        clock: RunClock = .system, watcher: @escaping @Sendable (RunProgress) -> Void
    ) async throws {
        let identity = summary.run.identity
        let layout = context.serverLayout
        let latest = try await store.reader.server(of: identity, layout: layout)
        let clientStates = try await store.reader.clientStates(of: identity)
        let ownData = try await store.reader.ownDataClients(of: identity)
        let timeline = try await store.reader.timeline(of: identity)
        var earlier: [Int: Parts] = [:]
        for round in Set((timeline?.works ?? []).map { Int($0.key.round) - 1 }) where round != latest.round {
            earlier[round] = try await store.reader.server(of: identity, round: round, layout: layout).parts
        }
        try await store.resume(identity)
        var state = State(
            roundsCommitted: summary.roundsCommitted, accuracy: summary.testAccuracy,
            digest: latest.parts.digest, patience: context.scenario.patience)
        var end: RunEnd?
        for round in try await store.reader.rounds(of: identity) {
            end = context.scenario.end(after: round, &state.patience) ?? end
            if round.score > state.best?.score ?? -1 { state.best = (round.round, round.score) }
        }
        self.init(
            identity, context,
            RunBase(
                round: latest.round, server: latest.parts, clientStates: clientStates,
                timeline: timeline, earlier: earlier,
                experiences: context.scenario.roundPlan.needsExperience
                    ? try await store.reader.experiences(of: identity) : [:],
                branch: summary.run.details.branch),
            state, store, threads, clock, summary.run.startedAt, watcher, end: end,
            ownDataClients: ownData)
        journal.note("resumed", round: UInt32(latest.round), "goes on after round \(latest.round)")
    }

    private init(
        _ identity: RunIdentity, _ context: RunContext, _ base: RunBase, _ state: State, _ store: RunStore,
        _ threads: TrainingThreads, _ clock: RunClock, _ startedAt: Date,
        _ watcher: @escaping @Sendable (RunProgress) -> Void, end: RunEnd?,
        ownDataClients: Set<ClientID>
    ) {
        self.identity = identity
        self.context = context
        self.base = base
        self.store = store
        self.threads = threads
        self.clock = clock
        self.startedAt = startedAt
        self.watcher = watcher
        self.state = Mutex(state)
        self.end = end
        self.ownDataClients = ownDataClients
        journal = RunJournal(identity, in: store, now: clock.date)
        store.whenWaiting { watcher(.incident($0)) }
    }

    /// What clients of a branch remember of the run that it branches off, where they have not given an update since: each with
    /// the round of which that is.
    public func forEachBranchState(_ body: (ClientID, UInt32, Parts) throws -> Void) async throws {
        guard base.branch != nil, context.strategy.parts.hasClientState else { return }
        for (client, round) in try await store.reader.branchStates(of: identity)
        where base.clientStates[client] == round {
            try body(
                client, round,
                try await store.reader.branchState(of: client, in: identity, layout: context.stateLayout))
        }
    }

    /// Where a round's updates are while the strategy waits for the last of them.
    var updateStorage: SpilledUpdates {
        SpilledUpdates(
            memoryLimit: context.scenario.updateMemory,
            folder: URL(filePath: store.reader.path).deletingLastPathComponent().path(percentEncoded: false))
    }

    /// The machine of the run, where the record is.
    public var machine: any RunMachine {
        let plan = context.scenario.roundPlan
        let committed = UInt32(base.round)
        guard let asynchrony = context.strategy.asynchrony else {
            return RoundMachine(plan: plan, committed: committed, end: end, experiences: base.experiences)
        }
        return BufferMachine(
            plan: plan, asynchrony, committed: committed, end: end, experiences: base.experiences,
            resuming: base.timeline?.ongoingTrainings)
    }

    /// How long the run has gone on, interruptions included.
    public var elapsed: Duration { .seconds(max(0, clock.date().timeIntervalSince(startedAt))) }

    /// Tells whoever watches.
    public func report(_ progress: RunProgress) {
        watcher(progress)
    }

    // MARK: Rounds

    /// What is known of a round that begins now.
    ///
    /// - Parameter ownDataClients: how many clients of the run hold examples of their own.
    public func open(
        _ round: UInt32, cohort: [ClientID], ownDataClients: Int = 0, bytesSent: Int, bytesReceived: Int
    ) -> RoundInProgress {
        let size = cohort.isEmpty ? context.scenario.cohort : cohort.count
        report(.roundOpened(round: Int(round), cohort: size))
        return RoundInProgress(
            round: round, size: size, behaviours: context.misbehaving.behaviours(in: round, cohort: cohort),
            partialWork: context.scenario.partialWork(of: cohort, in: round),
            ownDataClients: ownDataClients, startedAt: clock.date(), start: clock.now(),
            sentBefore: bytesSent, receivedBefore: bytesReceived)
    }

    /// Keeps an update that is in, where the scenario wants that: before its round is committed.
    public func keep(_ update: ReceivedUpdate) async throws {
        guard context.scenario.keepUpdates else { return }
        try await store.keep(update.parts, of: update.header.key, in: identity)
    }

    /// Evaluates and commits a round; rounds come in their order, one after the other.
    ///
    /// - Parameter timeline: where a simulated run stands.
    /// - Returns: why no round follows, if its model says so.
    public func complete(_ closed: AggregatedRound, timeline: RecordedTimeline? = nil) async throws -> RunEnd? {
        let start = clock.now()
        let evaluation = try await threads.evaluateByClass(closed.model, on: context.dataset.test)
        var validation: Evaluation?
        if let examples = context.validation {
            validation = try await threads.evaluate(closed.model, on: examples)
        }
        let attacks = try await context.attacks(closed.round.behaviours, on: closed.model, threads)
        let record = closed.record(
            evaluation, validation, evaluateDuration: clock.now() - start, committedAt: clock.date())
        let (best, end) = state.withLock { state in
            let former = state.best
            if record.score > former?.score ?? -1 { state.best = (record.round, record.score) }
            let round = state.best?.round ?? record.round
            return (
                Retention.Best(round: round, former: former?.round == round ? nil : former?.round),
                context.scenario.end(after: record, &state.patience)
            )
        }
        let clients = closed.clients
        try await store.commit(
            record, clients: clients, attacks: attacks, model: closed.model,
            state: closed.hasState ? closed.server : nil,
            clientsRemember: context.strategy.parts.hasClientState, settledThrough: Int(closed.settledThrough),
            timeline: timeline, best: best,
            retention: context.retention,
            of: identity)
        state.withLock { state in
            state.roundsCommitted += 1
            state.accuracy = record.testAccuracy
            state.digest = record.stateDigest ?? record.modelDigest
        }
        report(
            .roundCommitted(
                .init(
                    round: record.round, testAccuracy: record.testAccuracy, testLoss: evaluation.total.loss,
                    trainLoss: record.trainLoss, reported: record.clientsReported, failed: record.clientsFailed,
                    bytesSent: closed.bytesSent, bytesReceived: closed.bytesReceived,
                    seconds: (clock.now() - closed.round.start).seconds,
                    modelDigest: (record.stateDigest ?? record.modelDigest).description,
                    attacks: attacks.isEmpty
                        ? nil : attacks.map { .init(kind: $0.kind, clients: $0.clients, success: $0.success) },
                    heldOut: HeldOutAccuracy(clients), validationAccuracy: record.validationAccuracy)))
        return end
    }

    /// Writes down what became of the clients of a round that has no model.
    public func abandon(_ round: RoundInProgress?, _ closure: CohortOutcome) {
        for failure in closure.failed {
            let detail = round?.clients[failure.key]?.detail.map { ": \($0)" } ?? ""
            journal.note(
                "abandoned", round: closure.round, client: failure.key.client, "\(failure.reason.rawValue)\(detail)")
        }
        journal.note(
            "round_abandoned", round: closure.round,
            "\(closure.reported.count) reported, \(closure.failed.count) did not")
    }

    // MARK: The end

    /// Ends the run in the record and tells how.
    ///
    /// - Parameters:
    ///   - duration: that the run took.
    ///   - bytesSent, bytesReceived: in all of it.
    public func finish(
        _ outcome: RunOutcome, after duration: Duration, bytesSent: Int, bytesReceived: Int
    ) async throws {
        try await store.finish(identity, status: outcome.status, message: outcome.message, at: clock.date())
        let state = state.withLock { $0 }
        report(
            .finished(
                .init(
                    status: outcome.status.rawValue, message: outcome.message, roundsCommitted: state.roundsCommitted,
                    testAccuracy: state.accuracy, modelDigest: state.digest.description, bytesSent: bytesSent,
                    bytesReceived: bytesReceived, seconds: duration.seconds)))
    }

    /// Marks the run as failed, as far as the record can still be written: it may be what failed, and the error itself is
    /// the one to tell.
    public func fail(_ error: any Error) async {
        try? await store.finish(identity, status: .failed, message: "\(error)", at: clock.date())
    }
}
