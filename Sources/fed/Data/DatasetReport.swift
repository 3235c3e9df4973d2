import Datasets
import Foundation
import Learning
import Parameters
import Scenarios

/// What `fed data show --json` prints.
struct DatasetReport: Encodable {
    let kind: DatasetKind
    let source: String
    let isGenuineMNIST: Bool
    /// SHA-256 over the four files, not compressed.
    let digest: String
    let files: [File]
    let trainClassCounts: [Int]
    let testClassCounts: [Int]
    let partition: Deal?

    struct File: Encodable {
        let name: String
        let examples: Int
        /// Of the file as it is when not compressed.
        let md5: String
        let isMNIST: Bool
    }

    /// How a scenario deals the training examples.
    struct Deal: Encodable {
        let scenario: String
        let rule: String
        let seed: UInt64
        /// `[clients][classes]`
        let classCounts: [[Int]]
    }

    init(_ dataset: Dataset, scenario: Scenario?, partition: Partition?) {
        kind = dataset.kind
        source = dataset.provenance.description
        isGenuineMNIST = dataset.provenance.isGenuineMNIST
        digest = dataset.digest.description
        files = Self.files(of: dataset)
        trainClassCounts = dataset.train.classCounts
        testClassCounts = dataset.test.classCounts
        if let scenario, let partition {
            self.partition = Deal(
                scenario: scenario.name, rule: scenario.partition.summary, seed: scenario.seed,
                classCounts: partition.classCounts(of: dataset.train))
        } else {
            self.partition = nil
        }
    }

    static func files(of dataset: Dataset) -> [File] {
        let contents = [
            dataset.train.imagesFile, dataset.train.labelsFile, dataset.test.imagesFile, dataset.test.labelsFile,
        ]
        return zip(DatasetFile.mnist, contents).map { file, content in
            let md5 = content.md5
            return File(name: file.name, examples: content.dimensions[0], md5: md5, isMNIST: md5 == file.md5)
        }
    }

    func print() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Swift.print(String(decoding: try encoder.encode(self), as: UTF8.self))
    }
}
