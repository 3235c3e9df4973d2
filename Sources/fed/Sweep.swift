import Datasets
import Diagnostics
import Foundation
import Parameters
import Programs
import RunStore
import Scenarios
import Terminal

/// Runs the cells of a sweep that the record does not have yet, one after the other.
struct Sweep {
    let cells: [SweepCell]
    let options: RunOptions
    /// Of the data that the cells name, as they are to be had here.
    private let dataDigests: [DatasetKind: ContentDigest]

    /// Finds the data that the cells need.
    init(cells: [SweepCell], options: RunOptions) async throws {
        self.cells = cells
        self.options = options
        let display = DatasetDisplay()
        defer { display.finish() }
        var digests: [DatasetKind: ContentDigest] = [:]
        for kind in Set(cells.map(\.scenario.data)) {
            digests[kind] = try await Dataset.load(DatasetRequest(kind: kind, folder: options.data)) {
                display.show($0)
            }.digest
        }
        dataDigests = digests
    }

    /// Runs what is missing.
    ///
    /// - Returns: how many runs failed.
    /// - Throws: `CancellationError` when it is interrupted: what is done by then is in the record.
    func run() async throws -> Int {
        let folder = try TemporaryRunFolder()
        defer { folder.remove() }
        var failures = 0
        for (index, cell) in cells.enumerated() {
            guard try await finishedRun(of: cell) == nil else { continue }
            let display = SweepDisplay(
                title: "\(index + 1) of \(cells.count)  \(cell.name)", scenario: cell.scenario)
            let path = "\(folder.path)/\(URL(filePath: cell.file).lastPathComponent)"
            try Data(cell.scenario.text.utf8).write(to: URL(filePath: path))
            let plan = options.plan(for: cell.scenario, at: path)
            let ending = try await LocalRun(plan: plan, observer: display).run()
            if ending.wasInterrupted {
                display.finish("interrupted; the same command goes on with it")
                throw CancellationError()
            }
            let done = try await finishedRun(of: cell)
            display.finish(Self.outcome(of: done))
            failures += done == nil ? 1 : 0
        }
        return failures
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
                        bestAccuracy: summary.bestTestAccuracy, seconds: summary.seconds,
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
        guard let reader = try reader, let digest = dataDigests[cell.scenario.data] else { return nil }
        return try await reader.finishedRun(scenario: cell.scenario.text, dataDigest: digest)
    }

    private static func outcome(of run: RunSummary?) -> String {
        guard let run else { return "failed; the record says why (fed runs)" }
        let best = run.bestTestAccuracy.map { "best \(NumberFormat.percent($0))" } ?? "no round"
        let time = run.seconds.map { ", \(NumberFormat.duration(seconds: $0))" } ?? ""
        return "\(best) in \(run.roundsCommitted) rounds\(time)"
    }
}
