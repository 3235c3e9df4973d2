import Datasets
import Diagnostics
public import Federation
import Foundation
public import Learning
public import Logging
import NIOCore
import Parameters
public import RunStore
public import Scenarios
public import Transport
import Wire

/// One run of a scenario: the shell around the round machine. It tells the machine what the connections and the clock
/// bring, and carries its directives out: models and invitations go out, updates are summed, rounds are evaluated and
/// committed.
public actor RunCoordinator {
    /// Work that takes time or waits, done in tasks of ``run()``.
    enum Job: Sendable {
        case wait(Deadlines.Pending, then: @Sendable (RunCoordinator) async -> Void)
        case aggregate(RoundClosure)
        case finish(RunOutcome)
    }

    let context: RunContext
    let settings: CoordinatorSettings
    let store: RunStore
    let identity: RunIdentity
    /// The run's ULID, as workers are told it.
    let runIdentifier: WireIdentifier
    let threads: TrainingThreads
    let traffic: Traffic
    let logger: Logger
    let report: @Sendable (RunProgress) -> Void

    var machine: RoundMachine
    var strategy: any Strategy
    var global: ParameterVector
    /// Made when the first round opens: its scale depends on how many examples there are.
    var sum: WeightedSum?
    var current: RoundInProgress?
    var roster: Roster
    var links: [WireIdentifier: WorkerLink] = [:]
    /// Workers that want a share and have not been given one.
    var sharers: [WireIdentifier] = []
    /// The examples of each client that has ever been ready.
    var examples: [ClientID: Int] = [:]
    var deadlines = Deadlines()
    var roundsCommitted = 0
    var lastAccuracy: Double?
    /// Of the last committed model.
    var lastDigest: ContentDigest
    var isOver = false

    private let jobs: AsyncStream<Job>
    let addJob: AsyncStream<Job>.Continuation
    private let journal: AsyncStream<EventRecord>
    let addEvent: AsyncStream<EventRecord>.Continuation
    private let closed: AsyncStream<ClosedRound>
    /// Rounds to be evaluated and committed, in their order.
    let addClosed: AsyncStream<ClosedRound>.Continuation
    let uploads: Slots

    /// Begins a run in the record.
    ///
    /// - Parameters:
    ///   - threads: evaluate the global model; as many as there are cores.
    ///   - traffic: of the listener whose connections ``serve(_:_:)`` gets.
    ///   - report: told how the run goes on; must not wait.
    public init(
        context: RunContext, settings: CoordinatorSettings, store: RunStore, threads: TrainingThreads,
        traffic: Traffic, logger: Logger, machineDescription: MachineDescription,
        report: @escaping @Sendable (RunProgress) -> Void
    ) async throws {
        let scenario = context.scenario
        let initial = context.model.initialParameters(seed: scenario.seed).rememberingDigest()
        identity = try await store.beginRun(
            NewRun(context: context, machine: machineDescription), initialModel: initial, at: settings.now())
        guard let runIdentifier = WireIdentifier(bytes: identity.ulid.bytes) else {
            throw Problem(.software, "the run's ULID \(identity.ulid) has not 16 bytes")
        }
        self.runIdentifier = runIdentifier
        self.context = context
        self.settings = settings
        self.store = store
        self.threads = threads
        self.traffic = traffic
        self.logger = logger
        self.report = report
        global = initial
        lastDigest = initial.digest
        strategy = scenario.strategy.makeStrategy()
        machine = RoundMachine(plan: scenario.roundPlan)
        roster = Roster(population: scenario.clients)
        uploads = Slots(settings.concurrentUploads)
        (jobs, addJob) = AsyncStream.makeStream()
        (journal, addEvent) = AsyncStream.makeStream()
        (closed, addClosed) = AsyncStream.makeStream()
    }

    /// The run's number in the record.
    public nonisolated var run: RunIdentity { identity }

    public nonisolated var scenario: Scenario { context.scenario }

    /// Where the data come from, in a few words.
    public nonisolated var dataDescription: String { context.dataset.provenance.summary }

    /// Carries the run to its end: all rounds, a stop, or a failure. Connections are served meanwhile by
    /// ``serve(_:_:)``.
    ///
    /// - Throws: a ``Problem`` when the record cannot be written; what is committed stays.
    public func run() async throws -> RunOutcome {
        let start = ContinuousClock.now
        wait(.joining, context.scenario.network.joinDeadline) { await $0.handle(.joinDeadlinePassed) }
        do {
            let outcome = try await withThrowingTaskGroup(of: RunOutcome?.self) { group in
                group.addTask { [journal, store, identity] in
                    for await event in journal { try await store.record(event, of: identity) }
                    return nil
                }
                group.addTask { [closed] in
                    for await round in closed { try await self.complete(round) }
                    return nil
                }
                group.addTask { [addEvent, addClosed] in
                    defer {
                        addEvent.finish()
                        addClosed.finish()
                    }
                    return try await self.carryOut()
                }
                var outcome: RunOutcome?
                while let result = try await group.next() { outcome = result ?? outcome }
                return outcome ?? .stopped
            }
            try await finish(outcome, after: ContinuousClock.now - start)
            return outcome
        } catch {
            isOver = true
            deadlines.callOffAll()
            dismissWorkers(.runFailed, "the coordinator failed")
            // The record may be what failed; the first error is the one to tell.
            try? await store.finish(identity, status: .failed, message: "\(error)", at: settings.now())
            throw error
        }
    }

    /// Asks the run to end; the round that is being committed is committed.
    public func stop() {
        handle(.stopRequested)
    }

    /// Waits until the workers have left after the end of the run, a moment at most: one that hangs must not keep a
    /// coordinator that was told to stop.
    public func waitForFarewells() async {
        guard !links.isEmpty else { return }
        let pending = deadlines.set(.farewells, .milliseconds(900))
        _ = await pending.hasPassed(settings.clock)
    }

    /// Does the jobs, each in a task of its own, until the run is over.
    private nonisolated func carryOut() async throws -> RunOutcome {
        var outcome: RunOutcome?
        try await withThrowingDiscardingTaskGroup { tasks in
            for await job in jobs {
                switch job {
                case .wait(let pending, let then):
                    tasks.addTask { [clock = settings.clock] in
                        if await pending.hasPassed(clock) { await then(self) }
                    }
                case .aggregate(let closure):
                    await aggregate(closure)
                case .finish(let how):
                    outcome = how
                    return
                }
            }
        }
        guard let outcome else { throw CancellationError() }
        return outcome
    }
}
