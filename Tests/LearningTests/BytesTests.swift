import Foundation
import Glibc
import Learning
import TestSupport
import Testing

struct BytesTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path("file") }
    private let content = (0..<9000).map { UInt8(truncatingIfNeeded: $0 * 7) }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func map(_ range: Range<Int>) throws -> Bytes {
        try Data(content).write(to: URL(filePath: path))
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        return try #require(Bytes(mapping: descriptor, range: range))
    }

    @Test("Bytes are the same mapped or copied", arguments: [0..<9000, 16..<9000, 4096..<4097, 5000..<8999])
    func content(range: Range<Int>) throws {
        let mapped = try map(range)
        let copied = Bytes(content[range])
        #expect(mapped.count == range.count && mapped.elementsEqual(content[range]))
        #expect(mapped == copied && mapped.hashValue == copied.hashValue)
        #expect(mapped[0] == content[range.lowerBound] && mapped.last == content[range.upperBound - 1])
        #expect(mapped.withUnsafeBytes { Array($0) } == Array(content[range]))
        var other = Array(content[range])
        other[other.count / 2] ^= 1
        #expect(mapped != Bytes(other) && mapped != Bytes(content[range].dropLast()))
    }

    @Test("A file that is replaced or removed stays for those who map it")
    func replaced() throws {
        let mapped = try map(100..<9000)
        try Data(repeating: 0, count: 9000).write(to: URL(filePath: path), options: .atomic)
        #expect(mapped.elementsEqual(content[100...]))
        try FileManager.default.removeItem(atPath: path)
        #expect(mapped.elementsEqual(content[100...]))
    }

    @Test("What cannot be mapped is nil")
    func notMapped() {
        #expect(Bytes(mapping: -1, range: 0..<10) == nil)
    }

    @Test("No bytes are bytes too, and an error in filling is passed on")
    func edges() throws {
        #expect(Bytes([]).isEmpty && Bytes([]) == Bytes(count: 0) { _ in })
        #expect(throws: CancellationError.self) { try Bytes(count: 5) { _ in throw CancellationError() } }
    }
}
