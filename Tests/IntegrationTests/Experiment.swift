import Datasets
import Foundation
import Learning
import Parameters
import RunStore
import TestSupport

/// A folder with a small data set, a scenario and room for a record.
struct Experiment: Sendable {
    let folder: TemporaryFolder
    var data: String { folder.path("data") }
    var database: String { folder.path("run.sqlite") }
    var scenario: String { folder.path("small.yaml") }

    /// - Parameters:
    ///   - training: more of `train`.
    ///   - more: keys at the top.
    init(
        rounds: Int = 3, clients: Int = 6, cohort: Int = 6, examples: Int = 600, training: String = "",
        more: String = ""
    ) async throws {
        folder = try TemporaryFolder()
        let dataset = try await Dataset.load(DatasetRequest(kind: .digits, drawnExamples: (train: examples, test: 200)))
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try dataset.train.imagesFile.write(path: data + "/train-images-idx3-ubyte")
        try dataset.train.labelsFile.write(path: data + "/train-labels-idx1-ubyte")
        try dataset.test.imagesFile.write(path: data + "/t10k-images-idx3-ubyte")
        try dataset.test.labelsFile.write(path: data + "/t10k-labels-idx1-ubyte")
        let text = """
            rounds: \(rounds)
            clients: \(clients)
            cohort: \(cohort)
            model: logistic
            partition: {rule: shards, shards_per_client: 2}
            train: {batch_size: 10, learning_rate: 0.1\(training.isEmpty ? "" : ", ")\(training)}
            \(more)
            """
        try text.write(toFile: scenario, atomically: true, encoding: .utf8)
    }

    /// The record that the programs wrote.
    var record: RunReader { get throws { try RunReader(path: database) } }

    /// The digests of the models of all rounds of the latest run.
    func digests() async throws -> [String] {
        let reader = try record
        let run = try await reader.run(.latest)
        return try await reader.rounds(of: run.run.identity).map(\.modelDigest.description)
    }
}
