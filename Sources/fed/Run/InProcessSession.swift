import Datasets
import Diagnostics
import Federation
import Foundation
import Learning
import Programs
import RunStore
import Runs
import Scenarios
import ServiceLifecycle
import Simulation

/// What runs in this process share: the data, the record, the kernels that are slow here.
struct InProcessSession: Sendable {
    let store: RunStore
    let database: String
    /// The folder of the data, where the user named one.
    let dataFolder: String?

    init(database: String, dataFolder: String?) throws {
        store = try RunStore(path: database)
        self.database = database
        self.dataFolder = dataFolder
    }

    /// A scenario with its data, found or fetched, or drawn in MNIST's stead where that is allowed.
    func context(of start: RunStart, allowDrawnDigits: Bool) async throws -> RunContext {
        let display = DatasetDisplay()
        defer { display.finish() }
        return try await start.context(
            folder: dataFolder, allowDrawnDigits: allowDrawnDigits, in: store.reader
        ) { display.show($0) }
    }

    /// Carries a run to its end, or to that of the program.
    ///
    /// - Parameters:
    ///   - threads: train and evaluate.
    ///   - isVirtual: whether time is simulated, by the scenario's devices.
    ///   - known: updates of the first round that need not be trained.
    ///   - watcher: told how it goes on.
    func run(
        _ start: RunStart, _ context: RunContext, threads count: Int, isVirtual: Bool,
        known: @escaping @Sendable (UpdateKey) async throws -> ReceivedUpdate? = { _ in nil },
        watcher: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> RunEnding {
        let kernels = context.scenario.kernels.kernels
        if let slowness = kernels.slowness { watcher(.incident(slowness)) }
        let threads = TrainingThreads(count: count, model: context.model, kernels: kernels)
        defer { threads.shutdown() }
        let clock = isVirtual ? try await clock(of: start) : nil
        let ledger = try await start.ledger(
            context, transport: .inProcess, store: store, threads: threads, clock: clock?.runClock ?? .system,
            watcher: watcher)
        ledger.report(.started(.init(ledger, endpoint: nil, database: database)))
        let outcome = try await InProcessRun(ledger: ledger, threads: threads, clock: clock, known: known).run {
            try await gracefulShutdown()
        }
        return RunEnding(identity: ledger.identity, outcome: outcome)
    }

    private func clock(of start: RunStart) async throws -> VirtualClock {
        guard case .resumed(let summary) = start else { return VirtualClock(began: Date()) }
        return try await VirtualClock(resuming: summary, in: store.reader)
    }

    /// Closes the record.
    func close() throws {
        try store.close()
    }
}
