import ArgumentParser
import Datasets
import Foundation
import Programs
import RunStore
import Runs
import Scenarios
import Simulation

/// What the commands that do a recorded run again have in common.
struct RecordedRunOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The run's number, its ULID, or latest.", valueName: "run"),
        transform: RunSelector.named)
    var run: RunSelector = .latest

    @Option(help: "The folder of the run's data; by default FED_DATA_DIR, then the cache folder, then a download.")
    var data: String?

    @Option(help: "The number of threads that train; by default one for each core.")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be 1 to 1024.") }
    }

    /// The run out of a database, with its data, ready to be done again.
    func load(from database: String) async throws -> RecordedRun {
        let reader = try RunReader(path: database)
        let summary = try await reader.run(run)
        let scenario = try summary.scenario(at: summary.place(in: reader))
        let display = DatasetDisplay()
        defer { display.finish() }
        let dataset = try await Dataset.load(summary.dataRequest(for: scenario, folder: data)) { display.show($0) }
        return try RecordedRun(
            summary, in: reader, scenario: scenario, dataset: dataset,
            threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }
}
