import Federation
import Learning
import RunStore
import Runs
import Scenarios
import Simulation
import TestSupport
import Testing

extension RunResult {
    /// The result of a run in this process.
    static func inProcess(_ context: RunContext, threads count: Int) async throws -> RunResult {
        let folder = try TemporaryFolder()
        let store = try RunStore(path: folder.path("run.sqlite"))
        let threads = TrainingThreads(
            count: count, model: context.model, kernels: context.scenario.kernels.kernels)
        defer { threads.shutdown() }
        let ledger = try await RunLedger(
            beginning: context, transport: .inProcess, store: store, threads: threads, watcher: { _ in })
        let outcome = try await InProcessRun(
            ledger: ledger, threads: threads, stateFolder: folder.path("states")
        ).run {
            try await Task.sleep(for: .seconds(60))
            throw DeadlinePassed()
        }
        #expect(outcome == .finished)
        return try await RunResult(store, ledger.identity)
    }
}
