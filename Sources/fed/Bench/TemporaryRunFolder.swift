import Datasets
import Diagnostics
import Foundation
import Learning
import RunStore
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

    /// Writes a scenario in which training takes next to no time, and its data: an example for each client, and a test set of
    /// ten.
    ///
    /// - Parameter more: further keys of the scenario, as YAML.
    func writeSmallRun(
        of model: ModelDefinition, clients: Int, cohort: Int, rounds: Int, more: String = ""
    ) async throws {
        try await write(trainExamples: clients, testExamples: 10)
        try write(
            scenario: """
                rounds: \(rounds)
                clients: \(clients)
                cohort: \(cohort)
                model: \(model.name)
                train: {local_epochs: 1, batch_size: 10, learning_rate: 0.01}
                \(more)
                """)
    }

    /// The seconds of training in each round of the latest run, of the process that trained longest.
    ///
    /// - Parameter threads: among which a process divides its training.
    func trainingTimes(threads: Int) async throws -> Repeated {
        let reader = try RunReader(path: database)
        let run = try await reader.run(.latest)
        var times = Repeated()
        for record in try await reader.rounds(of: run.run.identity) {
            var perProcess: [Substring: Double] = [:]
            for client in try await reader.clientRounds(of: run.run.identity, round: record.round) {
                // A process's connections are numbered after a slash.
                let process = (client.worker ?? "").prefix { $0 != "/" }
                perProcess[process, default: 0] += client.trainSeconds ?? 0
            }
            times.note((perProcess.values.max() ?? 0) / Double(threads))
        }
        return times
    }

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
        scenario file: String? = nil, workers: Int?, connections: Int? = nil, threads: Int? = nil, dataFolder: String?,
        times: RunTimes = RunTimes()
    ) async throws -> RunTimes {
        let path = file ?? scenario
        let plan = LocalRun.Plan(
            scenario: try Scenario.load(path: path), path: path, workers: workers, connections: connections,
            threads: threads, database: database, dataFolder: dataFolder)
        try check(try await LocalRun(plan: plan, observer: times).run(), times)
        return times
    }

    /// Runs this folder's scenario with this folder's data in one process, which is a child of this one.
    ///
    /// - Throws: as the other.
    func runInProcess(threads: Int, times: RunTimes) async throws {
        let arguments = [
            "run", scenario, "--in-process", "--threads", "\(threads)", "--database", database, "--data", path,
            "--json", "--stop-at-end-of-input",
        ]
        try check(try await RunProgram(program: "fed", arguments: arguments, observer: times).run(), times)
    }

    private func check(_ ending: RunProgram.Ending, _ times: RunTimes) throws {
        if ending.wasInterrupted { throw CancellationError() }
        guard ending.status == 0, times.finished != nil else {
            throw Problem(.software, "the run that was to be measured ended with status \(ending.status)")
        }
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
