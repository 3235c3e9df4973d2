import Client
import Coordinator
import Datasets
import Diagnostics
import Federation
import Foundation
import Identity
import Learning
import Logging
import Parameters
import RunStore
import Runs
import Scenarios
import Synchronization
import TestSupport
import Transport
import Wire
import Workers

/// A coordinator and workers in this process, over real sockets and with a real record.
final class NetworkedRun: Sendable {
    /// A few hundred drawn digits, made once for all tests.
    static let dataset = Task {
        try await Dataset.load(DatasetRequest(kind: .digits, drawnExamples: (train: 400, test: 200)))
    }

    let folder: TemporaryFolder
    let listener: Listener
    let coordinator: RunCoordinator
    let store: RunStore
    let context: RunContext
    let identity: RunIdentity
    private let told: Told

    /// What the run has told.
    private final class Told: Sendable {
        let progress = Mutex<[RunProgress]>([])
    }

    /// - Parameter keys: YAML that is added to the common beginning of the scenario.
    convenience init(
        _ keys: String, settings: CoordinatorSettings = CoordinatorSettings(), security: ListenerSecurity = .plain
    ) async throws {
        let scenario = try Scenario.parse("data: digits\n" + keys, file: "test.yaml")
        try await self.init(
            RunContext(scenario: scenario, dataset: try await Self.dataset.value), settings: settings,
            security: security)
    }

    init(
        _ context: RunContext, settings: CoordinatorSettings = CoordinatorSettings(),
        security: ListenerSecurity = .plain
    ) async throws {
        let told = Told()
        self.told = told
        self.context = context
        folder = try TemporaryFolder()
        store = try RunStore(path: folder.path("run.sqlite"))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        listener = try await Listener.bind(
            to: Endpoint(host: "127.0.0.1", port: 0), security: security, limits: settings.limits, logger: logger)
        let ledger = try await RunLedger(
            beginning: context, transport: .tcp, store: store,
            threads: TrainingThreads(count: 1, model: context.model),
            watcher: { progress in told.progress.withLock { $0.append(progress) } })
        identity = ledger.identity
        coordinator = try RunCoordinator(
            ledger: ledger, settings: settings, traffic: listener.traffic, logger: logger)
    }

    /// What the run has told so far.
    var progress: [RunProgress] { told.progress.withLock { $0 } }

    /// The digests of the models of all rounds that have been committed.
    var digests: [String] {
        progress.compactMap { if case .roundCommitted(let round) = $0 { round.modelDigest } else { nil } }
    }

    /// Listens and carries the run to its end while `peers` do their part; how it ended.
    func run(
        _ peers: @escaping @Sendable (NetworkedRun) async throws -> Void
    ) async throws -> RunOutcome {
        try await withThrowingTaskGroup(of: RunOutcome?.self) { group in
            defer { group.cancelAll() }
            group.addTask { [listener, coordinator] in
                try await listener.run(refused: { await coordinator.refused($0, $1) }) {
                    try await coordinator.serve($0, $1)
                }
                return nil
            }
            group.addTask { [listener, coordinator] in
                try await coordinator.reviewAdmission(listener.security)
                return nil
            }
            group.addTask {
                try await peers(self)
                return nil
            }
            group.addTask { [coordinator] in
                let outcome = try await coordinator.run()
                await coordinator.waitForFarewells()
                return outcome
            }
            group.addTask {
                try await Task.sleep(for: .seconds(60))
                throw DeadlinePassed()
            }
            while let outcome = try await group.next() {
                if let outcome { return outcome }
            }
            throw DeadlinePassed()
        }
    }

    /// A worker process of this run.
    ///
    /// - Parameter endpoint: where it connects, if not to the coordinator itself.
    func worker(
        _ hosting: Hello.Hosting, connections: Int = 1, name: String = "worker", threads: Int = 1,
        limits: WireLimits = .default, dataset: Dataset? = nil, endpoint: Endpoint? = nil,
        security: ConnectorSecurity = .plain, tokens: [ClientToken] = [], dataFolder: String? = nil
    ) async throws -> WorkerHost {
        let settings = WorkerSettings(
            coordinator: endpoint ?? listener.endpoint, security: security, tokens: tokens, hosting: hosting,
            connections: connections, dataFolder: dataFolder, stateFolder: folder.path("states"), threads: threads,
            name: name,
            retryFor: .seconds(20), limits: limits)
        return try await WorkerHost(
            settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            loadDataset: { [context] _ in dataset ?? context.dataset })
    }

    /// The rows of the record.
    func record(round: Int) async throws -> [ClientRoundRecord] {
        try await store.reader.clientRounds(of: identity, round: round)
    }

    /// The connections that have been refused so far; where there are many, as far as has been told.
    func refusals() async throws -> Int {
        let told = progress.compactMap { progress -> Substring? in
            guard case .incident(let text) = progress, text.contains("refused") else { return nil }
            return text.firstMatch(of: /\((\d+) times until now\)/)?.1 ?? ""
        }
        return told.compactMap { Int($0) }.max() ?? told.count
    }

    /// The events of the record.
    func events() async throws -> [EventRecord] {
        try await store.reader.events(of: identity)
    }
}
