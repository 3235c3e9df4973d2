import Datasets
import Diagnostics
import Foundation
import Learning
import Programs
import RunStore
import Runs
import Scenarios
import Simulation
import Terminal

// `fed show --fairness`.
extension ShowCommand {
    func showFairness(of summary: RunSummary, _ reader: RunReader) async throws {
        let scenario = try summary.scenario(at: summary.place(in: reader))
        var participation = try await reader.participation(of: summary.run)
        var classes: [ClassFairness]?
        // The data are needed for the classes, and for rows that are not kept.
        if !csv || by == .label || participation.missingRows > 0 {
            do {
                if let run = try await recorded(summary, scenario, reader) {
                    participation = try await run.participation()
                    classes = try await run.classes(participation)
                }
            } catch let problem as Problem
                where (problem.kind == .noInput || problem.kind == .unavailable) && by != .label
            {
                TerminalOutput.standardError.warn(
                    "the classes are not told, since the run's data cannot be had: \(problem)")
            }
        }
        let devices = participation.assign(devicesOf: scenario)
        if csv {
            switch by ?? .client {
            case .client: write(RecordCSV.text(participation.clients, RecordCSV.participation))
            case .device: write(RecordCSV.text(devices, RecordCSV.devices))
            case .label: write(RecordCSV.text(classes ?? [], RecordCSV.classes))
            }
            return
        }
        let report = FairnessReport(
            participation: participation, devices: devices.isEmpty ? nil : devices, classes: classes,
            heldOut: HeldOutAccuracy(try await reader.latestEvaluations(of: summary.run.identity)))
        if json { return try RecordOptions.print(json: report) }
        let output = TerminalOutput.standardOutput
        output.write(lines: report.lines(listed: last, width: output.size?.columns, style: output.style))
    }

    /// The run with its data; `nil` where clients hold data of their own, whose classes nobody knows here.
    private func recorded(
        _ summary: RunSummary, _ scenario: Scenario, _ reader: RunReader
    ) async throws -> RecordedRun? {
        guard try await !reader.hasOwnData(summary.run.identity) else { return nil }
        let display = DatasetDisplay()
        defer { display.finish() }
        let dataset = try await Dataset.load(summary.dataRequest(for: scenario, folder: data)) { display.show($0) }
        return try RecordedRun(
            summary, in: reader, scenario: scenario, dataset: dataset,
            threads: ProcessInfo.processInfo.activeProcessorCount)
    }
}
