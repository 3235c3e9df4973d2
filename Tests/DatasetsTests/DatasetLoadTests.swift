import Datasets
import Diagnostics
import Foundation
import Learning
import Parameters
import Synchronization
import TestSupport
import Testing

@Suite struct DatasetLoadTests {
    static let hasMNIST = Repository.mnistFolder != nil

    /// A small data set in MNIST's format that is not MNIST: 20 examples to train with and 10 to test with.
    private func write(to folder: TemporaryFolder, changing: [String: [UInt8]] = [:]) throws {
        for (name, count) in [("train", 20), ("t10k", 10)] {
            let files = [
                "\(name)-images-idx3-ubyte": IDXFile(
                    dimensions: [count, 28, 28], elements: (0..<count * 784).map { UInt8($0 % 256) }
                ).bytes,
                "\(name)-labels-idx1-ubyte": IDXFile(dimensions: [count], elements: (0..<count).map { UInt8($0 % 10) })
                    .bytes,
            ]
            for (name, bytes) in files {
                try Data(changing[name] ?? bytes).write(to: folder.url.appending(path: name))
            }
        }
    }

    private func request(_ folder: String? = nil, environment: [String: String] = [:]) -> DatasetRequest {
        DatasetRequest(
            folder: folder, allowDownload: false, allowDrawnDigits: false, drawnExamples: (60, 40),
            environment: environment)
    }

    @Test("Images of any size and any classes are taken as the files have them")
    func otherShapes() async throws {
        let folder = try TemporaryFolder()
        var files: [String: [UInt8]] = [:]
        for (name, count) in [("train", 52), ("t10k", 26)] {
            files["\(name)-images-idx3-ubyte"] =
                IDXFile(dimensions: [count, 8, 6], elements: (0..<count * 48).map { UInt8($0 % 251) }).bytes
            files["\(name)-labels-idx1-ubyte"] =
                IDXFile(dimensions: [count], elements: (0..<count).map { UInt8($0 % 26) }).bytes
        }
        try write(to: folder, changing: files)
        let dataset = try await Dataset.load(request(folder.path("")))
        #expect(dataset.train.shape == ImageShape(channels: 1, height: 8, width: 6) && dataset.train.classes == 26)
        #expect(dataset.test.shape == dataset.train.shape && dataset.test.classes == 26)
        let model = try ModelArchitecture.logistic.model(for: dataset)
        #expect(model.layout.tensors.map(\.shape) == [[26, 48], [26]])
        let problem = try #require(throws: Problem.self) { try ModelArchitecture.lenet.model(for: dataset) }
        #expect(problem.kind == .data && problem.what.contains("8 × 6 pixels are too small for the model lenet"))
    }

    @Test("A part of MNIST that lacks a class has ten all the same")
    func missingClass() async throws {
        let folder = try TemporaryFolder()
        let labels = IDXFile(dimensions: [20], elements: (0..<20).map { UInt8($0 % 7) })
        try write(to: folder, changing: ["train-labels-idx1-ubyte": labels.bytes])
        let dataset = try await Dataset.load(request(folder.path("")))
        #expect(dataset.train.classes == 10 && dataset.test.labels.contains(9))
    }

    @Test("Images that would make a model that fits into no memory are refused")
    func hugeImages() async throws {
        let folder = try TemporaryFolder()
        let pixels = [UInt8](repeating: 0, count: 1025 * 1024)
        try write(
            to: folder,
            changing: [
                "train-images-idx3-ubyte": IDXFile(dimensions: [1, 1025, 1024], elements: pixels).bytes,
                "train-labels-idx1-ubyte": IDXFile(dimensions: [1], elements: [0]).bytes,
            ])
        let request = request(folder.path(""))
        let problem = try await #require(throws: Problem.self) { try await Dataset.load(request) }
        #expect(problem.kind == .data && problem.what.contains("1025 × 1024 pixels"))
    }

    @Test func filesOfOnesOwn() async throws {
        let folder = try TemporaryFolder()
        try write(to: folder)
        let dataset = try await Dataset.load(request(folder.path("")))
        #expect(dataset.kind == .folder)
        #expect(!dataset.provenance.isGenuineMNIST)
        #expect(dataset.provenance.description.contains("not MNIST"))
        #expect(dataset.train.count == 20)
        #expect(dataset.test.count == 10)
        #expect(dataset.train.shape == .mnist)
        #expect(dataset.train.labels[13] == 3)
        #expect(dataset.test.images[784] == 16)

        // The same however compressed, and from wherever.
        let name = "train-images-idx3-ubyte"
        let plain = folder.url.appending(path: name)
        try Data(Gzip.compress([UInt8](Data(contentsOf: plain)))).write(to: folder.url.appending(path: name + ".gz"))
        try FileManager.default.removeItem(at: plain)
        let again = try await Dataset.load(request(environment: ["FED_DATA_DIR": folder.path("")]))
        #expect(again.digest == dataset.digest)
    }

    @Test func digestGoesOverTheFourFilesInTheirOrder() async throws {
        let folder = try TemporaryFolder()
        try write(to: folder)
        var all: [UInt8] = []
        for file in DatasetFile.mnist {
            all += try [UInt8](Data(contentsOf: folder.url.appending(path: file.name)))
        }
        let dataset = try await Dataset.load(request(folder.path("")))
        #expect(dataset.digest == .init(of: all))
    }

    @Test(.enabled(if: hasMNIST, "FED_DATA_DIR names no folder with MNIST"))
    func mnistIsKnownByItsBytes() async throws {
        let dataset = try await Dataset.load(request(Repository.mnistFolder))
        #expect(dataset.kind == .mnist)
        #expect(dataset.provenance.isGenuineMNIST)
        #expect(dataset.digest.description == Dataset.mnistDigest)
        #expect(dataset.train.count == 60_000)
        #expect(dataset.test.count == 10_000)
        #expect(Array(dataset.train.labels.prefix(10)) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
        #expect(Array(dataset.test.labels.prefix(5)) == [7, 2, 1, 0, 4])
        let folder = DatasetFolder(try #require(Repository.mnistFolder))
        for file in DatasetFile.mnist {
            #expect(try folder.read(file).md5 == file.md5)
        }
    }

    @Test func aFolderThatIsNamedMustHaveTheFiles() async throws {
        let folder = try TemporaryFolder()
        try write(to: folder)
        try FileManager.default.removeItem(at: folder.url.appending(path: "t10k-labels-idx1-ubyte"))
        let here = folder.path("")
        let absent = folder.path("absent")
        for var request in [
            request(here), request(absent), request(environment: ["FED_DATA_DIR": here]),
            request(environment: ["FED_DATA_DIR": absent]),
        ] {
            request.allowDownload = true
            request.allowDrawnDigits = true
            let problem = try await #require(throws: Problem.self) { try await Dataset.load(request) }
            #expect(problem.kind == .noInput)
            #expect(problem.place == request.namedFolder.map { DatasetFolder($0).path })
            #expect(problem.what.contains("t10k-labels-idx1-ubyte") || problem.what.contains("no such folder"))
            #expect(problem.remedy?.contains("fed data fetch --data") == true)
        }
    }

    @Test(arguments: [
        (
            "train-labels-idx1-ubyte", IDXFile(dimensions: [19], elements: .init(repeating: 0, count: 19)), "19 labels",
            4
        ),
        (
            "t10k-labels-idx1-ubyte", IDXFile(dimensions: [10], elements: [0, 1, 2, 10, 4, 5, 6, 7, 8, 9]), "label 10",
            11
        ),
        (
            "t10k-images-idx3-ubyte", IDXFile(dimensions: [10, 14, 56], elements: .init(repeating: 0, count: 7840)),
            "14 × 56 pixels", 8
        ),
    ])
    func filesThatDoNotFitAreRefused(name: String, file: IDXFile, what: String, offset: Int) async throws {
        let folder = try TemporaryFolder()
        try write(to: folder, changing: [name: file.bytes])
        let request = request(folder.path(""))
        let problem = try await #require(throws: Problem.self) { try await Dataset.load(request) }
        #expect(problem.kind == .data)
        #expect(problem.what.contains(what))
        #expect(problem.place?.hasSuffix("\(name), byte \(offset)") == true)
        #expect(problem.remedy != nil)
    }

    @Test func withoutFilesAndNetworkDigitsAreDrawnLoudly() async throws {
        let folder = try TemporaryFolder()
        var request = request(environment: [
            "XDG_CACHE_HOME": folder.path("cache"), "FED_MNIST_MIRRORS": "http://127.0.0.1:1/",
        ])
        request.allowDownload = true
        request.allowDrawnDigits = true
        let events = Mutex<[DatasetProgress]>([])
        let dataset = try await Dataset.load(request) { event in events.withLock { $0.append(event) } }
        #expect(dataset.kind == .digits)
        #expect(dataset.provenance.isSubstitute)
        #expect(dataset.provenance.description.contains("not MNIST: MNIST cannot be downloaded"))
        #expect(dataset.train.count == 60)
        #expect(dataset.test.count == 40)
        let seen = events.withLock { $0 }
        #expect(seen.contains { if case .mirrorFailed = $0 { true } else { false } })
        #expect(seen.contains { if case .substituting = $0 { true } else { false } })
        #expect(seen.contains(.drawing(examples: 60, total: 100)))

        request.allowDrawnDigits = false
        let strict = request
        let problem = try await #require(throws: Problem.self) { try await Dataset.load(strict) }
        #expect(problem.kind == .noInput && problem.remedy?.contains("FED_DATA_DIR") == true)
        let offline = self.request(environment: ["XDG_CACHE_HOME": folder.path("cache")])
        #expect(try await #require(throws: Problem.self) { try await Dataset.load(offline) }.kind == .noInput)
    }

    @Test func drawnDigitsOnPurpose() async throws {
        var request = request()
        request.kind = .digits
        let dataset = try await Dataset.load(request)
        #expect(dataset.kind == .digits)
        #expect(!dataset.provenance.isSubstitute)
        let again = try await Dataset.load(request)
        #expect(again.digest == dataset.digest)
        #expect(!dataset.train.images.prefix(784).elementsEqual(dataset.test.images.prefix(784)))
    }

    @Test func cacheFolders() {
        #expect(request().cacheFolder == nil)
        #expect(request(environment: ["HOME": "/h"]).cacheFolder == "/h/.cache/fed/mnist")
        #expect(request(environment: ["HOME": "/h", "XDG_CACHE_HOME": "/c"]).cacheFolder == "/c/fed/mnist")
        #expect(request(environment: ["HOME": "/h", "XDG_CACHE_HOME": "c"]).cacheFolder == "/h/.cache/fed/mnist")
        #expect(request("/d", environment: ["FED_DATA_DIR": "/e"]).namedFolder == "/d")
        #expect(request(environment: ["FED_DATA_DIR": ""]).namedFolder == nil)
    }

    @Test func ownFilesWithoutAFolder() async throws {
        var request = request()
        request.kind = .folder
        let asked = request
        #expect(try await #require(throws: Problem.self) { try await Dataset.load(asked) }.kind == .noInput)
    }

    /// Downloaded once, kept, and fetched anew when the cache is damaged.
    @Test(.enabled(if: hasMNIST, "FED_DATA_DIR names no folder with MNIST"))
    func mnistIsDownloadedAndKept() async throws {
        let source = DatasetFolder(try #require(Repository.mnistFolder))
        var files: [String: [UInt8]] = [:]
        for file in DatasetFile.mnist {
            let path = try #require(source.find(file.name))
            files[file.name + ".gz"] = try [UInt8](Data(contentsOf: URL(filePath: path)))
        }
        let server = try await MirrorServer(files: files)
        let cache = try TemporaryFolder()
        var request = request(environment: [
            "XDG_CACHE_HOME": cache.path(""), "FED_MNIST_MIRRORS": server.mirror(.good),
        ])
        request.allowDownload = true
        #expect(
            try await Dataset.load(request).provenance.source == .downloaded(folder: try #require(request.cacheFolder)))
        #expect(server.requests.count == 4)
        let cached = try await Dataset.load(request)
        #expect(cached.kind == .mnist)
        #expect(cached.provenance.source == .files(folder: try #require(request.cacheFolder)))
        #expect(server.requests.count == 4)

        let labels = try #require(request.cacheFolder.flatMap { DatasetFolder($0).find("t10k-labels-idx1-ubyte") })
        try FileManager.default.removeItem(atPath: labels)
        try Data([0, 0, 8, 1, 0]).write(to: URL(filePath: labels))
        let discarded = Mutex(0)
        let repaired = try await Dataset.load(request) { event in
            if case .cacheDiscarded = event { discarded.withLock { $0 += 1 } }
        }
        #expect(repaired.kind == .mnist)
        #expect(discarded.withLock { $0 } == 1)
        #expect(server.requests.count == 5)
        try await server.close()
    }
}
