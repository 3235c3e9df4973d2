public import Datasets
import Diagnostics
import Federation
public import Learning
import Parameters
public import RunStore
public import Scenarios

/// How a program begins: with a new run, or with one that the record has.
public enum RunStart: Sendable {
    case new(Scenario)
    /// A new run that goes on from a round of another.
    case branch(Scenario, RunBase)
    /// A run that did not come to its end.
    case resumed(RunSummary)
    /// The run that was to be gone on with is finished.
    case finished(RunSummary)

    /// When the record's latest run is gone on with.
    public enum Resumption: Sendable {
        case never
        /// If it has the scenario that is named and was killed or failed, so that what restarts a program that ended badly
        /// does not begin a second run.
        case ifBroken
        case always
    }

    /// Chooses between the scenario and the record.
    ///
    /// - Parameters:
    ///   - scenario: that the user named; `nil` only if `resume` is `always`.
    ///   - resume: when to go on with the latest run.
    /// - Throws: a ``Problem`` when there is nothing to go on with, or the latest run is another scenario's.
    public static func choose(
        scenario: Scenario?, resume: Resumption, in reader: RunReader
    ) async throws -> RunStart {
        if let scenario, resume == .never { return .new(scenario) }
        let runs = try await reader.runs()
        if let scenario, resume == .ifBroken {
            guard let latest = runs.first, latest.run.details.scenario == scenario.text,
                [.running, .failed].contains(latest.run.status)
            else { return .new(scenario) }
            return .resumed(latest)
        }
        if let scenario {
            guard let latest = runs.first(where: { $0.run.details.scenario == scenario.text }) else {
                if let other = runs.first, other.run.status != .finished {
                    throw Problem(
                        .usage, "the latest run is not finished and has another scenario", at: other.place(in: reader),
                        remedy: "go on with it: --resume without --scenario; or name another file with --database")
                }
                return .new(scenario)
            }
            return latest.run.status == .finished ? .finished(latest) : .resumed(latest)
        }
        guard let latest = runs.first else {
            throw Problem(
                .noInput, "the record has no run to go on with", at: reader.path,
                remedy: "start one with a --scenario, or name its file with --database")
        }
        return latest.run.status == .finished ? .finished(latest) : .resumed(latest)
    }

    /// The scenario with its data.
    ///
    /// - Parameters:
    ///   - folder: of the data, where the user named one.
    ///   - allowDrawnDigits: whether a new run of a scenario that names no data may go on with digits that the program
    ///     draws where MNIST cannot be had.
    ///   - progress: told how data are found or fetched.
    public func context(
        folder: String?, allowDrawnDigits: Bool = false, in reader: RunReader,
        progress: @escaping @Sendable (DatasetProgress) -> Void
    ) async throws -> RunContext {
        switch self {
        case .new(let scenario), .branch(let scenario, _):
            let request = DatasetRequest(
                kind: scenario.data, folder: folder, allowDrawnDigits: allowDrawnDigits && !scenario.namesData)
            return try RunContext(
                scenario: scenario, dataset: try await Dataset.load(request, progress: progress))
        case .resumed(let summary), .finished(let summary):
            let place = summary.place(in: reader)
            let scenario = try summary.scenario(at: place)
            let request = summary.dataRequest(for: scenario, folder: folder)
            let dataset = try await Dataset.load(request, progress: progress)
            try summary.check(dataset, at: place)
            return try RunContext(scenario: scenario, dataset: dataset)
        }
    }

    /// The run in the record, begun or taken up.
    ///
    /// - Parameters:
    ///   - transport: of a new run.
    ///   - threads: evaluate the global models.
    ///   - clock: of the times in the record.
    ///   - watcher: told how the run goes on; must not wait.
    public func ledger(
        _ context: RunContext, transport: RunTransport, store: RunStore, threads: TrainingThreads,
        clock: RunClock = .system, watcher: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> RunLedger {
        switch self {
        case .new:
            return try await RunLedger(
                beginning: context, transport: transport, store: store, threads: threads, clock: clock,
                watcher: watcher)
        case .branch(_, let base):
            return try await RunLedger(
                beginning: context, base: base, transport: transport, store: store, threads: threads, clock: clock,
                watcher: watcher)
        case .resumed(let summary), .finished(let summary):
            if transport != .inProcess, summary.run.details.branch != nil, context.strategy.parts.hasClientState {
                throw Problem(
                    .usage,
                    "the run is a branch, and what its clients remember from before it is in the record, not with workers",
                    at: summary.place(in: store.reader),
                    remedy: "go on in one process: fed run --resume \(store.reader.path.shellWord) --in-process")
            }
            return try await RunLedger(
                resuming: summary, context, store: store, threads: threads, clock: clock, watcher: watcher)
        }
    }
}

extension RunProgress.Finished {
    /// What a run came to that ended before.
    public init(_ summary: RunSummary) {
        self.init(
            status: summary.run.status.rawValue, message: summary.run.message,
            roundsCommitted: summary.roundsCommitted, testAccuracy: summary.testAccuracy,
            modelDigest: summary.modelDigest.description, bytesSent: Int(summary.bytesSent),
            bytesReceived: Int(summary.bytesReceived), seconds: summary.seconds ?? 0)
    }
}
