import Datasets
import Diagnostics
import Federation
import Foundation
import Parameters
import Programs
import RunStore
import Runs
import Scenarios
import Terminal

/// Runs the cells of a sweep that the record does not have yet, in this process, several at once.
struct Sweep: Sendable {
    let cells: [SweepCell]
    let options: SweepOptions
    /// Those that the cells name, as they are to be had here.
    private let datasets: [DatasetKind: Dataset]

    /// Finds the data that the cells need.
    init(cells: [SweepCell], options: SweepOptions) async throws {
        self.cells = cells
        self.options = options
        let display = DatasetDisplay()
        defer { display.finish() }
        var datasets: [DatasetKind: Dataset] = [:]
        for kind in Set(cells.map(\.scenario.data)) {
            datasets[kind] = try await Dataset.load(
                DatasetRequest(kind: kind, folder: options.data)
            ) { display.show($0) }
        }
        self.datasets = datasets
    }

    /// Runs what is missing.
    ///
    /// - Returns: how many runs failed.
    /// - Throws: `CancellationError` when it is interrupted: what is done by then is in the record.
    func run() async throws -> Int {
        var missing: [(index: Int, cell: SweepCell)] = []
        for (index, cell) in cells.enumerated() where try await finishedRun(of: cell) == nil {
            missing.append((index, cell))
        }
        guard !missing.isEmpty else { return 0 }
        let need = RecordNeed(missing.map { RecordNeed($0.cell.scenario) })
        if let warning = try need.check(database: options.database) { TerminalOutput.standardError.warn(warning) }
        let session = try InProcessSession(database: options.database, dataFolder: options.data)
        let display = SweepDisplay(cells: cells.count, done: cells.count - missing.count)
        defer { display.finish() }
        let jobs = options.jobs(for: missing.count)
        let failures = try await withThrowingTaskGroup(of: Ending.self) { group in
            var running = 0
            var left = missing[...]
            var failures = 0
            var isInterrupted = false
            while running > 0 || !(left.isEmpty || isInterrupted) {
                if running < jobs, !isInterrupted, let (index, cell) = left.popFirst() {
                    running += 1
                    // The last runs have the cores to themselves.
                    let threads = options.threads(runs: min(jobs, running + left.count))
                    group.addTask { try await run(cell, index, session, threads: threads, display) }
                    continue
                }
                guard let ending = try await group.next() else { break }
                running -= 1
                failures += ending == .failed ? 1 : 0
                isInterrupted = isInterrupted || ending == .interrupted
            }
            if isInterrupted { throw CancellationError() }
            return failures
        }
        try session.close()
        return failures
    }

    private enum Ending {
        case finished, failed, interrupted
    }

    private func run(
        _ cell: SweepCell, _ index: Int, _ session: InProcessSession, threads: Int, _ display: SweepDisplay
    ) async throws -> Ending {
        guard let dataset = datasets[cell.scenario.data] else { return .failed }
        display.begin(index, cell)
        let context = try RunContext(scenario: cell.scenario, dataset: dataset)
        let start = try await start(of: cell)
        if case .resumed(let summary) = start {
            display.take(.incident("goes on after round \(summary.lastRound)"), of: index)
        }
        let ended = try await session.run(start, context, threads: threads, isVirtual: options.virtual) {
            display.take($0, of: index)
        }
        if ended.outcome == .stopped {
            display.end(index, "interrupted; the same command goes on with it")
            return .interrupted
        }
        let done = try await finishedRun(of: cell)
        display.end(index, Self.outcome(of: done))
        return done == nil ? .failed : .finished
    }

    /// A new run, or the one that was cut off.
    private func start(of cell: SweepCell) async throws -> RunStart {
        guard let reader = try reader, let digest = datasets[cell.scenario.data]?.digest,
            let cut = try await reader.interruptedRun(
                scenario: cell.scenario.text, dataDigest: digest, clock: options.clock)
        else { return .new(cell.scenario) }
        return .resumed(cut)
    }

    /// What the record has of all cells, those of different seeds together.
    func report() async throws -> SweepReport {
        var rows: [SweepReport.Row] = []
        var left = cells[...]
        while let first = left.first {
            let like = left.prefix { $0.isLike(first) }
            left = left.dropFirst(like.count)
            var runs: [SweepReport.Run] = []
            for cell in like {
                guard let reader = try reader, let summary = try await finishedRun(of: cell) else { continue }
                let rounds = try await reader.rounds(of: summary.run.identity)
                runs.append(
                    .init(
                        seed: cell.scenario.seed, run: summary.run.identity.number, rounds: rounds.count,
                        roundsToTarget: cell.scenario.target.flatMap { $0.rounds(in: rounds.map(\.testAccuracy)) },
                        bestAccuracy: summary.bestTestAccuracy, lastAccuracy: summary.testAccuracy,
                        seconds: summary.seconds,
                        modelDigest: summary.modelDigest.description))
            }
            rows.append(
                .init(
                    scenario: first.scenario.name,
                    settings: Dictionary(first.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }),
                    target: first.scenario.target?.accuracy, publishedRounds: first.scenario.target?.publishedRounds,
                    runs: runs))
        }
        return SweepReport(rows: rows)
    }

    /// `nil` before the first run.
    private var reader: RunReader? {
        get throws {
            FileManager.default.fileExists(atPath: options.database) ? try RunReader(path: options.database) : nil
        }
    }

    private func finishedRun(of cell: SweepCell) async throws -> RunSummary? {
        guard let reader = try reader, let digest = datasets[cell.scenario.data]?.digest else { return nil }
        return try await reader.finishedRun(
            scenario: cell.scenario.text, dataDigest: digest, clock: options.clock)
    }

    private static func outcome(of run: RunSummary?) -> String {
        guard let run else { return "failed; the record says why (fed runs)" }
        let best = run.bestTestAccuracy.map { "best \(NumberFormat.percent($0))" } ?? "no round"
        let time = run.seconds.map { ", \(NumberFormat.duration(seconds: $0))" } ?? ""
        let last = run.testAccuracy.map { ", last \(NumberFormat.percent($0))" } ?? ""
        return "\(best)\(last) in \(run.roundsCommitted) rounds\(time)"
    }
}
