import Datasets
import Diagnostics
import Foundation
import Learning
import TestSupport
import Testing

@Suite struct LocalShardTests {
    @Test func whatIsWrittenIsRead() async throws {
        let digits = try await DrawnDigits.draw(50, split: .train)
        let shard = LocalShard(digits.selection([3, 5, 8, 49]))
        let folder = try TemporaryFolder()
        let path = folder.path("clients/7")
        try await shard.write(folder: path)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path).sorted()
                == ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
        let read = try await LocalShard.load(folder: path)
        #expect(read.digest == shard.digest)
        #expect(read.examples.labels == [3, 5, 8, 49].map { digits.labels[$0] })
        #expect(read.examples.images.prefix(784).elementsEqual(digits.images[3 * 784..<4 * 784]))
    }

    @Test func nothingIsOverwrittenUnasked() async throws {
        let digits = try await DrawnDigits.draw(4, split: .train)
        let folder = try TemporaryFolder()
        try await LocalShard(digits).write(folder: folder.path(""))
        let other = LocalShard(digits.selection([1]))
        let path = folder.path("")
        let problem = try await #require(throws: Problem.self) { try await other.write(folder: path) }
        #expect(problem.kind == .usage)
        #expect(try await LocalShard.load(folder: path).examples.count == 4)
        try await other.write(folder: path, overwriting: true)
        #expect(try await LocalShard.load(folder: path).digest == other.digest)
    }

    @Test func missingFiles() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("")
        try IDXFile(dimensions: [2], elements: [1, 2]).write(path: folder.path("train-labels-idx1-ubyte"))
        let problem = try await #require(throws: Problem.self) { try await LocalShard.load(folder: path) }
        #expect(problem.kind == .noInput)
        #expect(problem.what.contains("train-images-idx3-ubyte"))
        #expect(!problem.what.contains("labels"))
    }

    @Test("Its labels have to be some of the run's, and need not be all of them")
    func labels() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("")
        try IDXFile(dimensions: [1, 28, 28], elements: [UInt8](repeating: 0, count: 784))
            .write(path: folder.path("train-images-idx3-ubyte"))
        try IDXFile(dimensions: [1], elements: [10]).write(path: folder.path("train-labels-idx1-ubyte"))
        let shard = try await LocalShard.load(folder: path)
        let problem = try #require(throws: Problem.self) { try shard.of(classes: 10) }
        #expect(problem.kind == .data && problem.what.contains("up to 10"))
        let fitting = try shard.of(classes: 26)
        #expect(fitting.examples.classes == 26 && fitting.examples.labels == [10] && fitting.digest == shard.digest)
    }
}
