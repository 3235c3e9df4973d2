import Foundation
import FuzzTargets
import Randomness
import TestSupport
import Testing

/// The inputs of Tests/Fuzz, as they are and damaged: all that a fuzzer has found is among them.
@Suite struct CorpusTests {
    private static func corpus(_ target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
        let folder = Repository.path("Tests/Fuzz/corpus/\(target.rawValue)")
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
            (name, Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))))
        }
    }

    private func run(_ target: FuzzTarget, _ bytes: [UInt8]) {
        bytes.withUnsafeBytes { target.run($0) }
    }

    @Test("Every input, cut at every byte", arguments: FuzzTarget.allCases)
    func cut(target: FuzzTarget) throws {
        let corpus = try Self.corpus(target)
        #expect(!corpus.isEmpty)
        for (_, bytes) in corpus {
            run(target, bytes)
            for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 300)) {
                run(target, Array(bytes.prefix(count)))
            }
        }
    }

    @Test(
        "Every input with every byte changed, and with parts repeated, moved and left out",
        arguments: FuzzTarget.allCases)
    func damaged(target: FuzzTarget) throws {
        var stream = RandomStream(seed: 5, purpose: .jitter)
        for (_, bytes) in try Self.corpus(target) where !bytes.isEmpty {
            for index in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 300)) {
                for value in [0, 0x7F, 0x80, 0xFF, bytes[index] ^ 1, bytes[index] &+ 1] as [UInt8] {
                    var copy = bytes
                    copy[index] = value
                    run(target, copy)
                }
            }
            for _ in 0..<100 {
                let from = stream.below(bytes.count)
                let count = stream.below(min(64, bytes.count - from) + 1)
                let to = stream.below(bytes.count + 1)
                var copy = bytes
                copy.insert(contentsOf: bytes[from..<from + count], at: to)
                if stream.below(2) == 0 { copy.removeSubrange(from..<min(copy.count, from + count)) }
                run(target, copy)
            }
        }
    }
}
