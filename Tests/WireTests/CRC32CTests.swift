import Foundation
import Testing
import Wire

@Suite struct CRC32CTests {
    /// Both ways of computing it have to agree.
    private func checksum(_ bytes: some ContiguousBytes) -> UInt32 {
        var checksum = CRC32C()
        bytes.withUnsafeBytes { checksum.update($0) }
        var byTables = CRC32C(usesTables: true)
        bytes.withUnsafeBytes { byTables.update($0) }
        #expect(checksum.value == byTables.value)
        return checksum.value
    }

    /// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
    @Test func publishedVectors() {
        #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(checksum([UInt8](0...31)) == 0x46DD_794E)
        #expect(checksum([UInt8](0...31).reversed()) == 0x113F_DB5C)
        let readCommand: [UInt8] = [
            0x01, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18,
            0x28, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        ]
        #expect(checksum(readCommand) == 0xD996_3A56)
        #expect(checksum([UInt8]("123456789".utf8)) == 0xE306_9283)
        #expect(checksum([]) == 0)
    }

    /// Every length and alignment gives what the polynomial's definition gives, bit by bit.
    @Test func agreesWithTheDefinition() {
        var generator = Generator(seed: 1)
        let bytes = generator.bytes(count: 80)
        for start in 0..<9 {
            for end in start...bytes.count {
                var expected: UInt32 = ~0
                for byte in bytes[start..<end] {
                    expected ^= UInt32(byte)
                    for _ in 0..<8 { expected = expected >> 1 ^ (expected & 1 == 1 ? 0x82F6_3B78 : 0) }
                }
                #expect(checksum(bytes[start..<end]) == ~expected)
            }
        }
    }

    @Test func piecesGiveTheSame() {
        var generator = Generator(seed: 2)
        // Longer than what the instruction takes in three streams at once.
        let bytes = generator.bytes(count: 20_000)
        let whole = checksum(bytes)
        for _ in 0..<50 {
            var pieces = CRC32C()
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...8000, using: &generator))
                bytes.withUnsafeBytes { pieces.update(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
                start = end
            }
            #expect(pieces.value == whole)
        }
    }
}
