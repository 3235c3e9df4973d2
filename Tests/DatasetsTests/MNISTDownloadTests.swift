import Datasets
import Diagnostics
import Foundation
import Synchronization
import TestSupport
import Testing

/// Downloads from a real server, of two small files that stand for MNIST's.
@Suite struct MNISTDownloadTests {
    static let images = IDXFile(dimensions: [400, 28, 28], elements: (0..<400 * 784).map { UInt8($0 * $0 % 251) })
    static let labels = IDXFile(dimensions: [400], elements: (0..<400).map { UInt8($0 % 10) })
    static let files = [
        DatasetFile(name: "images", md5: images.md5, dimensions: 3),
        DatasetFile(name: "labels", md5: labels.md5, dimensions: 1),
    ]

    let folder: TemporaryFolder
    let target: DatasetFolder

    init() throws {
        folder = try TemporaryFolder()
        target = DatasetFolder(folder.path("new/mnist"))
    }

    private func server() async throws -> MirrorServer {
        try await MirrorServer(
            files: ["images.gz": Gzip.compress(Self.images.bytes), "labels.gz": Gzip.compress(Self.labels.bytes)],
            other: Gzip.compress(IDXFile(dimensions: [1, 28, 28], elements: [UInt8](repeating: 0, count: 784)).bytes))
    }

    /// Short limits only where a mirror is to run into them, so that a slow machine runs into no other.
    private func download(
        _ mirrors: [String], against behaviour: MirrorServer.Behaviour? = nil, bytes: Int = 1 << 20
    ) -> MNISTDownload {
        MNISTDownload(
            mirrors: mirrors, files: Self.files,
            limits: .init(
                connecting: .seconds(30), stalling: behaviour == .stalling ? .milliseconds(1_500) : .seconds(60),
                file: behaviour == .dripping ? .seconds(3) : .seconds(60), bytes: bytes))
    }

    private func names(_ folder: DatasetFolder) throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test(arguments: [MirrorServer.Behaviour.good, .chunked, .moved])
    func whatTheMirrorHasIsKept(behaviour: MirrorServer.Behaviour) async throws {
        let server = try await server()
        let events = Mutex<[DatasetProgress]>([])
        let mirror = server.mirror(behaviour)
        let fetched = try await download([mirror]).fetch(into: target, replacing: false) { event in
            events.withLock { $0.append(event) }
        }
        #expect(fetched == ["images", "labels"])
        #expect(try names(target) == ["images.gz", "labels.gz"])
        #expect(try target.read(Self.files[0]) == Self.images)
        #expect(try target.read(Self.files[1]) == Self.labels)

        let size = try Gzip.compress(Self.images.bytes).count
        let seen = events.withLock { $0 }
        #expect(
            seen.contains(
                .downloading(
                    file: "images", mirror: mirror, bytes: size, total: behaviour == .chunked ? nil : size)))
        #expect(seen.contains(.downloaded(file: "images")))
        #expect(seen.last == .downloaded(file: "labels"))

        // What is there is not fetched again.
        let asked = server.requests.count
        #expect(try await download([mirror]).fetch(into: target, replacing: false).isEmpty)
        #expect(server.requests.count == asked)
        try await server.close()
    }

    @Test(arguments: [MirrorServer.Behaviour.missing, .wrong, .other, .truncated, .stalling, .dripping])
    func anotherMirrorWhenOneFails(behaviour: MirrorServer.Behaviour) async throws {
        let server = try await server()
        let failures = Mutex<[Problem]>([])
        try await download([server.mirror(behaviour), server.mirror(.good)], against: behaviour)
            .fetch(into: target, replacing: false) { event in
                if case .mirrorFailed(_, _, let reason) = event {
                    failures.withLock { $0.append(reason) }
                }
            }
        #expect(try target.read(Self.files[0]) == Self.images)
        #expect(try target.read(Self.files[1]) == Self.labels)
        // The good one is asked first for the second file.
        let reasons = failures.withLock { $0 }
        #expect(reasons.count == 1)
        let expected =
            switch behaviour {
            case .missing: "404"
            case .wrong: "not the file"
            case .other: "not MNIST's"
            case .truncated: "closed"
            case .stalling: "no bytes came"
            default: "has not come within"
            }
        #expect(reasons.first?.what.contains(expected) == true, "\(reasons)")
        try await server.close()
    }

    @Test(arguments: [MirrorServer.Behaviour.missing, .wrong, .other, .truncated, .stalling, .dripping])
    func nothingIsLeftBehindWhenAllFail(behaviour: MirrorServer.Behaviour) async throws {
        let server = try await server()
        let download = download([server.mirror(behaviour)], against: behaviour)
        let problem = try await #require(throws: Problem.self) {
            try await download.fetch(into: target, replacing: false)
        }
        #expect(problem.kind == .unavailable)
        #expect(problem.what.contains(server.mirror(behaviour)))
        #expect(problem.remedy?.contains("FED_DATA_DIR") == true)
        #expect(try names(target).isEmpty)
        try await server.close()
    }

    @Test func aMirrorThatIsNotThereIsPassedOverAtOnce() async throws {
        let gone = try await server()
        let address = gone.mirror(.good)
        try await gone.close()
        let server = try await server()
        let download = download([address, "http://", "ftp://127.0.0.1/", "nonsense", server.mirror(.good)])
        let duration = try await ContinuousClock().measure {
            try await download.fetch(into: target, replacing: false)
        }
        // Not after the time that a connection may take.
        #expect(duration < .seconds(25))
        #expect(try target.read(Self.files[1]) == Self.labels)
        try await server.close()
    }

    @Test func tooLarge() async throws {
        let server = try await server()
        let download = download([server.mirror(.good)], bytes: 1_000)
        let problem = try await #require(throws: Problem.self) {
            try await download.fetch(into: target, replacing: false)
        }
        #expect(problem.what.contains("larger than 1000 bytes"))
        try await server.close()
    }

    @Test func cancelling() async throws {
        let server = try await server()
        let download = MNISTDownload(mirrors: [server.mirror(.stalling)], files: Self.files)
        let task = Task { try await download.fetch(into: target, replacing: false) }
        try await eventually { !server.requests.isEmpty }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await server.close()
    }

    @Test func someoneElsesFilesAreNotReplacedUnasked() async throws {
        let server = try await server()
        try FileManager.default.createDirectory(atPath: target.path, withIntermediateDirectories: true)
        let mine = IDXFile(dimensions: [2], elements: [7, 8])
        try mine.write(path: target.path + "/labels")
        let download = download([server.mirror(.good)])
        let problem = try await #require(throws: Problem.self) {
            try await download.fetch(into: target, replacing: false)
        }
        #expect(problem.kind == .data)
        #expect(problem.place == target.path + "/labels")
        #expect(try target.read(Self.files[1]) == mine)

        try await download.fetch(into: target, replacing: true)
        #expect(try target.read(Self.files[1]) == Self.labels)
        #expect(try names(target) == ["images.gz", "labels.gz"])
        try await server.close()
    }

    @Test func mirrorsFromTheEnvironment() {
        #expect(MNISTDownload(environment: [:]).mirrors == MNISTDownload.publicMirrors)
        #expect(MNISTDownload(environment: ["FED_MNIST_MIRRORS": ""]).mirrors == MNISTDownload.publicMirrors)
        #expect(
            MNISTDownload(environment: ["FED_MNIST_MIRRORS": "http://a/, http://b/ http://c/"]).mirrors
                == ["http://a/", "http://b/", "http://c/"])
    }
}
