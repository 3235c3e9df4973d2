public import Client
public import Federation
public import Learning
import RunStore
public import Runs
import Wire

/// One run of a scenario in this process, without sockets. The round machine, what a client does, the codecs and the record
/// are those of the networked run, and so are the models, bit for bit.
///
/// What it leaves out is time: clients are always there, and the scenario's deadlines never pass. Unless time is simulated: then
/// all happens when the scenario's devices and links have it happen, in an order that is the same each time, and what comes after
/// a deadline is late; how long this machine takes for it is in no result.
public struct InProcessRun: Sendable {
    private let ledger: RunLedger
    private let threads: TrainingThreads
    private let states: ClientStates?
    private let clock: VirtualClock?
    private let known: @Sendable (UpdateKey) async throws -> ReceivedUpdate?

    /// - Parameters:
    ///   - threads: train the clients; those of the ledger may be the same.
    ///   - stateFolder: where what clients remember is kept, as workers of a networked run keep it.
    ///   - clock: the ledger's, if the time of devices and links is simulated.
    ///   - known: an update of the first round that need not be trained, where there is one.
    public init(
        ledger: RunLedger, threads: TrainingThreads, stateFolder: String = ClientStates.defaultRoot,
        clock: VirtualClock? = nil,
        known: @escaping @Sendable (UpdateKey) async throws -> ReceivedUpdate? = { _ in nil }
    ) {
        self.ledger = ledger
        self.threads = threads
        self.known = known
        self.clock = clock
        states = WireIdentifier(bytes: ledger.identity.ulid.bytes).map { ClientStates(root: stateFolder, run: $0) }
    }

    /// Carries the run to its end.
    ///
    /// - Parameter stop: returns when the run should end early; what is committed by then stays.
    /// - Throws: a `Problem` when the record cannot be written; what is committed stays.
    public func run(until stop: @escaping @Sendable () async throws -> Void) async throws -> RunOutcome {
        let start = ledger.clock.now()
        do {
            if let states {
                try await ledger.forEachBranchState { client, round, state in
                    try states.keep(state, of: client, after: round, from: round)
                }
            }
            let shell = try await carryOut(until: stop)
            let outcome = shell.outcome ?? .stopped
            try await ledger.finish(
                outcome, after: ledger.clock.now() - start, bytesSent: shell.bytesSent,
                bytesReceived: shell.bytesReceived)
            return outcome
        } catch {
            await ledger.fail(error)
            throw error
        }
    }

    private func carryOut(until stop: @escaping @Sendable () async throws -> Void) async throws -> InProcessShell {
        try await withThrowingTaskGroup(of: InProcessShell.Event.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await stop()
                return .stopRequested
            }
            group.addTask { [ledger] in
                try await ledger.journal.write()
                return .journalWritten
            }
            var shell = InProcessShell(ledger: ledger, threads: threads, states: states, clock: clock, known: known)
            try shell.begin()
            while !shell.isOver {
                try await shell.aggregate()
                while let work = shell.nextWork() { group.addTask { try await work() } }
                if try await shell.advanceTime() { continue }
                guard let event = try await group.next() else { break }
                try shell.take(event)
            }
            return shell
        }
    }
}
