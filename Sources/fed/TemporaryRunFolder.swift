import Datasets
import Diagnostics
import Foundation
import Scenarios

/// A folder for the scenario, the data and the record of a run that is measured: in memory where the system has a folder
/// for that, so that no disk takes part.
struct TemporaryRunFolder {
    let path: String

    init() throws {
        let memory = "/dev/shm"
        let base =
            FileManager.default.isWritableFile(atPath: memory) ? memory : FileManager.default.temporaryDirectory.path()
        path = "\(base)/fed-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    var scenario: String { path + "/bench.yaml" }
    var database: String { path + "/bench.sqlite" }

    /// Draws digits into the four files of a data set.
    func write(trainExamples: Int, testExamples: Int) async throws {
        let train = try await DrawnDigits.draw(trainExamples, split: .train)
        let test = try await DrawnDigits.draw(testExamples, split: .test)
        let files = [train.imagesFile, train.labelsFile, test.imagesFile, test.labelsFile]
        for (file, place) in zip(files, DatasetFile.mnist) { try file.write(path: "\(path)/\(place.name)") }
    }

    func write(scenario text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: scenario))
    }

    /// Runs a scenario file, the one of this folder unless another is named, into this folder's record.
    ///
    /// - Throws: a ``Problem`` when the run does not come to its end, `CancellationError` when it is interrupted.
    func run(
        scenario file: String? = nil, workers: Int?, threads: Int? = nil, dataFolder: String?
    ) async throws -> RunTimes {
        let times = RunTimes()
        let path = file ?? scenario
        let plan = LocalRun.Plan(
            scenario: try Scenario.load(path: path), path: path, workers: workers, threads: threads,
            database: database, dataFolder: dataFolder)
        let ending = try await LocalRun(plan: plan, observer: times).run()
        if ending.wasInterrupted { throw CancellationError() }
        guard ending.status == 0, times.finished != nil else {
            throw Problem(.software, "the run that was to be measured ended with status \(ending.status)")
        }
        return times
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
