import Diagnostics
public import Federation
import Learning
public import Logging
import Parameters
import RunStore
public import Runs
import Scenarios
public import Transport
import Wire

/// One run of a scenario: the shell around the round machine. It tells the machine what the connections and the clock
/// bring, and carries its directives out: models and invitations go out, updates are summed, rounds are evaluated and
/// committed.
public actor RunCoordinator {
    /// Work that takes time or waits, done in tasks of ``run()``.
    enum Job: Sendable {
        case wait(Deadlines.Pending, then: @Sendable (RunCoordinator) async -> Void)
        case aggregate(CohortOutcome)
        case finish(RunOutcome)
    }

    let ledger: RunLedger
    let settings: CoordinatorSettings
    /// The run's ULID, as workers are told it.
    let runIdentifier: WireIdentifier
    /// Of the strategy's updates.
    let updateLayout: PartsLayout
    let traffic: Traffic
    let logger: Logger

    var driver: RoundDriver
    /// The models that clients train from, by their rounds: that of the round that is being collected, and earlier ones where
    /// clients do not wait for each other.
    var models: [UInt32: RoundModels] = [:]
    /// Updates that wait until they can be taken.
    var waiting: [CheckedContinuation<Void, Never>] = []
    var roster: Roster
    var links: [WireIdentifier: WorkerLink] = [:]
    /// Workers that want a share and have not been given one.
    var sharers: [WireIdentifier] = []
    /// How clients were lost, those that have come back among them: it may have been too late for a round.
    var partings: [ClientID: Parting] = [:]
    var deadlines = Deadlines()
    var absences = AbsenceDeadlines()
    var isOver = false

    private let jobs: AsyncStream<Job>
    let addJob: AsyncStream<Job>.Continuation
    private let closed: AsyncStream<AggregatedRound>
    /// Rounds to be evaluated and committed, in their order.
    let addClosed: AsyncStream<AggregatedRound>.Continuation
    let uploads: Slots
    let partialUpdates: PartialUpdates

    /// - Parameters:
    ///   - ledger: of the run, which has just begun.
    ///   - traffic: of the listener whose connections ``serve(_:_:)`` gets.
    public init(ledger: RunLedger, settings: CoordinatorSettings, traffic: Traffic, logger: Logger) throws {
        guard let runIdentifier = WireIdentifier(bytes: ledger.identity.ulid.bytes) else {
            throw Problem(.software, "the run's ULID \(ledger.identity.ulid) has not 16 bytes")
        }
        let scenario = ledger.context.scenario
        self.ledger = ledger
        self.settings = settings
        updateLayout = ledger.context.updateLayout
        self.runIdentifier = runIdentifier
        self.traffic = traffic
        self.logger = logger
        driver = RoundDriver(ledger: ledger) { .init(sent: traffic.sent, received: traffic.received) }
        roster = Roster(population: scenario.clients)
        uploads = Slots(settings.concurrentUploads)
        partialUpdates = PartialUpdates(capacity: settings.concurrentUploads)
        (jobs, addJob) = AsyncStream.makeStream()
        (closed, addClosed) = AsyncStream.makeStream()
    }

    nonisolated var context: RunContext { ledger.context }

    /// Carries the run to its end: all rounds, a stop, or a failure. Connections are served meanwhile by
    /// ``serve(_:_:)``.
    ///
    /// - Throws: a ``Problem`` when the record cannot be written; what is committed stays.
    public func run() async throws -> RunOutcome {
        let start = ledger.clock.now()
        handle(.runStarted)
        do {
            let outcome = try await withThrowingTaskGroup(of: RunOutcome?.self) { group in
                group.addTask { [ledger] in
                    try await ledger.journal.write()
                    return nil
                }
                group.addTask { [closed] in
                    for await round in closed { try await self.complete(round) }
                    return nil
                }
                group.addTask { [ledger, addClosed] in
                    defer {
                        ledger.journal.close()
                        addClosed.finish()
                    }
                    return try await self.carryOut()
                }
                var outcome: RunOutcome?
                while let result = try await group.next() { outcome = result ?? outcome }
                return outcome ?? .stopped
            }
            try await ledger.finish(
                outcome, after: ledger.clock.now() - start, bytesSent: traffic.sent, bytesReceived: traffic.received)
            dismissWorkers(outcome.goodbye, outcome.message ?? "the run is finished")
            return outcome
        } catch {
            isOver = true
            releaseWaiting()
            deadlines.callOffAll()
            dismissWorkers(.runFailed, "the coordinator failed")
            await ledger.fail(error)
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
                    tasks.addTask { try await self.aggregate(closure) }
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
