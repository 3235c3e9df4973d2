import Datasets
import Diagnostics
import Foundation
import Randomness
import TestSupport
import Testing

@Suite struct IDXFileTests {
    let folder = try! TemporaryFolder()

    static let images = IDXFile(
        dimensions: [5, 28, 28], elements: (0..<5 * 784).map { UInt8(truncatingIfNeeded: $0 &* 31 / 7) })
    static let labels = IDXFile(dimensions: [5], elements: [3, 1, 4, 1, 5])

    private func write(_ bytes: [UInt8]) throws -> String {
        let path = folder.path("file")
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    private func problem(_ bytes: [UInt8], dimensions: Int = 3) throws -> Problem {
        let path = try write(bytes)
        let problem = try #require(throws: Problem.self) { try IDXFile.read(path: path, dimensions: dimensions) }
        #expect(problem.kind == .data)
        #expect(problem.place?.hasPrefix(path) == true)
        #expect(problem.remedy != nil)
        return problem
    }

    @Test func theFormatIsMNISTs() {
        #expect(Self.labels.bytes == [0, 0, 8, 1, 0, 0, 0, 5, 3, 1, 4, 1, 5])
        #expect(Array(Self.images.bytes.prefix(16)) == [0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 28, 0, 0, 0, 28])
        // As md5sum says.
        #expect(Self.labels.md5 == "1815129ecc81d075442cca2b9e833fa4")
    }

    @Test func whatIsWrittenIsRead() throws {
        for file in [Self.images, Self.labels] {
            let path = folder.path("written")
            try file.write(path: path)
            #expect(try IDXFile.read(path: path, dimensions: file.dimensions.count) == file)
            #expect(try Data(contentsOf: URL(filePath: path)) == Data(file.bytes))
        }
    }

    @Test func compressedOrNot() throws {
        let path = try write(Gzip.compress(Self.images.bytes))
        #expect(try IDXFile.read(path: path, dimensions: 3) == Self.images)
    }

    @Test func compressedInSeveralMembers() throws {
        let bytes = Self.images.bytes
        let path = try write(
            Gzip.compress(Array(bytes[..<10])) + Gzip.compress(Array(bytes[10..<2_000])) + Gzip.compress([])
                + Gzip.compress(Array(bytes[2_000...])))
        #expect(try IDXFile.read(path: path, dimensions: 3) == Self.images)
    }

    @Test(arguments: [0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 3_000, 3_935])
    func truncated(length: Int) throws {
        let cut = Array(Self.images.bytes.prefix(length))
        let plain = try problem(cut)
        #expect(plain.what.contains("ends"))
        #expect(plain.place?.hasSuffix("byte \(length)") == true)
        // Compressed soundly, so that the IDX file alone is too short.
        #expect(try problem(Gzip.compress(cut)).what.contains("ends"))
    }

    @Test func overLong() throws {
        let long = Self.images.bytes + [0]
        for problem in try [problem(long), problem(Gzip.compress(long))] {
            #expect(problem.what.contains("goes on"))
            #expect(problem.place?.hasSuffix("byte 3936") == true)
        }
    }

    @Test func everyByteOfTheHeaderIsChecked() throws {
        for place in 0..<16 {
            for change in [UInt8(1), 0x80, 0xff] {
                var bytes = Self.images.bytes
                bytes[place] ^= change
                _ = try problem(bytes)
                _ = try problem(Gzip.compress(bytes))
            }
        }
    }

    @Test(
        arguments: [
            ([0, 1, 8, 3], "not an IDX file", "byte 0"), ([0, 0, 9, 3], "type 9", "byte 2"),
            ([0, 0, 8, 1], "labels, not images", "byte 3"), ([0, 0, 8, 4], "4 dimensions, not 3", "byte 3"),
            ([0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28], "dimension 1 of 3 is 0", "byte 4"),
            ([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 0], "dimension 3 of 3 is 0", "byte 12"),
            ([0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255], "more than can be", "byte 4"),
            ([0, 0, 8, 3, 0, 16, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28], "ends after 0", "byte 16"),
        ] as [([UInt8], String, String)])
    func wrongHeaders(bytes: [UInt8], what: String, place: String) throws {
        let problem = try problem(bytes)
        #expect(problem.what.contains(what))
        #expect(problem.place?.hasSuffix(place) == true)
    }

    @Test func imagesAreNotLabels() throws {
        #expect(try problem(Self.images.bytes, dimensions: 1).what.contains("images, not labels"))
    }

    /// A few bytes that promise a gigabyte are refused before memory is taken.
    @Test func aPromiseThatTheFileCannotKeep() throws {
        let bytes = try Gzip.compress([0, 0, 8, 3, 0, 16, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28])
        #expect(try problem(bytes).what.contains("compressed bytes can hold"))
    }

    @Test func damagedCompression() throws {
        let sound = try Gzip.compress(Self.images.bytes)
        for length in [2, 3, 9, 10, 11, 20, sound.count / 2, sound.count - 9, sound.count - 8, sound.count - 1] {
            #expect(try problem(Array(sound.prefix(length))).what.contains("ends"))
        }
        // Method, reserved flags, checksum and size of the content.
        for place in [2, 3] + Array(sound.count - 8..<sound.count) {
            var bytes = sound
            bytes[place] ^= 0xe4
            let problem = try problem(bytes)
            #expect(problem.what.contains("damaged"))
            #expect(problem.place?.contains("as compressed") == true)
        }
        #expect(try problem(sound + [1, 2, 3]).what.contains("follows the end"))
    }

    /// Whatever is changed within, the content is either the same or refused.
    @Test func anyDamageIsNoticed() throws {
        let sound = try Gzip.compress(Self.images.bytes)
        var stream = RandomStream(seed: 1, purpose: .shuffling)
        for _ in 0..<300 {
            var bytes = sound
            for _ in 0...stream.below(3) {
                bytes[stream.below(bytes.count)] = UInt8(stream.below(256))
            }
            let path = try write(bytes)
            do {
                #expect(try IDXFile.read(path: path, dimensions: 3) == Self.images)
            } catch let problem as Problem {
                #expect(problem.kind == .data)
            }
        }
    }

    @Test func noFile() throws {
        for path in [folder.path("absent"), folder.url.path(percentEncoded: false)] {
            let problem = try #require(throws: Problem.self) { try IDXFile.read(path: path, dimensions: 3) }
            #expect(problem.kind == .noInput)
            #expect(problem.place == path)
        }
    }

    @Test func aFileThatCannotBeWrittenLeavesNothingBehind() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("taken"), withIntermediateDirectories: false)
        #expect(throws: Problem.self) { try Self.labels.write(path: folder.path("taken")) }
        #expect(throws: Problem.self) { try Self.labels.write(path: folder.path("absent/file")) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == ["taken"])
    }
}
