import Datasets
import Federation
import Foundation
import GRDB
import Learning
import RunStore
import Runs
import Scenarios
import Simulation
import Synchronization
import TestSupport

/// A run in this process with a real record, on a few hundred drawn digits.
final class SimulatedRun: Sendable {
    /// Made once for all tests.
    static let dataset = Task {
        try await Dataset.load(DatasetRequest(kind: .digits, drawnExamples: (train: 300, test: 100)))
    }

    let folder: TemporaryFolder
    let context: RunContext
    private let told = Mutex<[RunProgress]>([])

    /// - Parameters:
    ///   - clients: what the scenario's `clients` says.
    ///   - cohort: the key of that name; `nil`: there is none.
    ///   - partition: of the rule shards, more settings.
    ///   - keys: YAML that is added to the common beginning of the scenario.
    ///   - training: more of `train`.
    init(
        rounds: Int = 4, model: String = "logistic", learningRate: Double = 0.1, clients: String = "5",
        cohort: Int? = 4,
        partition: String = "",
        _ keys: String = "",
        training: String = ""
    ) async throws {
        folder = try TemporaryFolder()
        let text = """
            data: digits
            rounds: \(rounds)
            clients: \(clients)
            \(cohort.map { "cohort: \($0)" } ?? "")
            model: \(model)
            partition: {rule: shards, shards_per_client: 2\(partition.isEmpty ? "" : ", ")\(partition)}
            train: {batch_size: 10, learning_rate: \(learningRate)\(training.isEmpty ? "" : ", ")\(training)}
            \(keys)
            """
        context = try RunContext(
            scenario: try Scenario.parse(text, file: "test.yaml"), dataset: try await Self.dataset.value)
    }

    var database: String { folder.path("run.sqlite") }

    var reader: RunReader { get throws { try RunReader(path: database) } }

    /// What the runs have told.
    var progress: [RunProgress] { told.withLock { $0 } }

    /// The digests of the models of all rounds, as they were told.
    var digests: [String] {
        progress.compactMap { if case .roundCommitted(let round) = $0 { round.modelDigest } else { nil } }
    }

    /// Carries a run to its end.
    @discardableResult
    func run(
        threads count: Int = 2, base: RunBase? = nil, clock: RunClock = .system, virtual: VirtualClock? = nil,
        known: @escaping @Sendable (UpdateKey) async throws -> ReceivedUpdate? = { _ in nil },
        until stop: @escaping @Sendable (SimulatedRun) async throws -> Void = { _ in
            try await Task.sleep(for: .seconds(3600))
        }
    ) async throws -> RunOutcome {
        let store = try RunStore(path: database)
        let threads = TrainingThreads(count: count, model: context.model)
        let ledger = try await RunLedger(
            beginning: context, base: base, transport: .inProcess, store: store, threads: threads,
            clock: virtual?.runClock ?? clock, watcher: { progress in self.told.withLock { $0.append(progress) } })
        let outcome = try await InProcessRun(
            ledger: ledger, threads: threads, stateFolder: folder.path("states"), clock: virtual, known: known
        ).run {
            try await stop(self)
        }
        try store.close()
        return outcome
    }

    /// Goes on with the latest run.
    ///
    /// - Parameter stateFolder: where its clients' states are, if not where ``run(threads:base:known:until:)`` keeps them.
    @discardableResult
    func resume(stateFolder: String? = nil, virtual: VirtualClock? = nil) async throws -> RunOutcome {
        let store = try RunStore(path: database)
        let threads = TrainingThreads(count: 2, model: context.model)
        let ledger = try await RunLedger(
            resuming: try await store.reader.run(.latest), context, store: store, threads: threads,
            clock: virtual?.runClock ?? .system,
            watcher: { progress in self.told.withLock { $0.append(progress) } })
        let outcome = try await InProcessRun(
            ledger: ledger, threads: threads, stateFolder: stateFolder ?? folder.path("states"), clock: virtual
        ).run { try await Task.sleep(for: .seconds(3600)) }
        try store.close()
        return outcome
    }

    /// Carries a run through some of its rounds.
    func run(rounds: Int, virtual: VirtualClock? = nil) async throws {
        try await run(
            virtual: virtual,
            until: { run in
                while !run.progress.contains(where: {
                    if case .roundCommitted(let round) = $0 { round.round >= rounds } else { false }
                }) { try await Task.sleep(for: .milliseconds(2)) }
            })
    }

    /// The latest run of the record, or another, ready to be done again.
    func recorded(_ selector: RunSelector = .latest) async throws -> RecordedRun {
        let reader = try reader
        let summary = try await reader.run(selector)
        return try RecordedRun(
            summary, in: reader, scenario: try summary.scenario(at: summary.place(in: reader)),
            dataset: context.dataset, threads: 2)
    }

    /// Changes the record behind the program's back.
    func tamper(_ sql: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(20)
        // Pragmas among the statements have no effect within a transaction.
        try DatabaseQueue(path: database, configuration: configuration).writeWithoutTransaction {
            try $0.execute(sql: sql)
        }
    }
}
