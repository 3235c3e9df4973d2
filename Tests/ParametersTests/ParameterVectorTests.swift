import Parameters
import Randomness
import Testing

struct ParameterVectorTests {
    private let layout = ParameterLayout([("weight", [2, 3]), ("bias", [3])])

    /// 1, −2.5, 0, −0, π, the least and the greatest magnitude, −∞, a NaN with a payload.
    private let patterns: [UInt32] = [
        0x3F80_0000, 0xC020_0000, 0x0000_0000, 0x8000_0000, 0x4049_0FDB, 0x0000_0001, 0x7F7F_FFFF, 0xFF80_0000,
        0x7FC1_2345,
    ]

    private let bytes: [UInt8] = [
        0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x20, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0xDB, 0x0F,
        0x49, 0x40, 0x01, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0x7F, 0x7F, 0x00, 0x00, 0x80, 0xFF, 0x45, 0x23, 0xC1, 0x7F,
    ]

    private var vector: ParameterVector {
        ParameterVector(layout: layout, values: patterns.map { Float(bitPattern: $0) })
    }

    @Test("Canonical bytes are the values, little-endian")
    func canonicalBytes() {
        #expect(vector.withCanonicalBytes { Array($0) } == bytes)
    }

    @Test("The bytes lead back to every bit of the values")
    func roundTrip() throws {
        let read = try #require(bytes.withUnsafeBytes { ParameterVector(layout: layout, canonicalBytes: $0) })
        #expect(read.layout == layout)
        #expect(read.values.map(\.bitPattern) == patterns)
    }

    @Test("The bytes may lie at any address", arguments: 0..<4)
    func unaligned(offset: Int) throws {
        let shifted = [UInt8](repeating: 0xEE, count: offset) + bytes
        let read = shifted.withUnsafeBytes {
            ParameterVector(layout: layout, canonicalBytes: UnsafeRawBufferPointer(rebasing: $0[offset...]))
        }
        #expect(try #require(read).values.map(\.bitPattern) == patterns)
    }

    @Test("A wrong number of bytes is refused", arguments: [0, 4, 32, 35, 37, 40, 72])
    func wrongLength(count: Int) {
        let bytes = [UInt8](repeating: 0, count: count)
        #expect(bytes.withUnsafeBytes { ParameterVector(layout: layout, canonicalBytes: $0) } == nil)
    }

    @Test("A vector of an empty layout is possible")
    func empty() throws {
        let layout = ParameterLayout([])
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        let vector = try #require(ParameterVector(layout: layout, canonicalBytes: nothing))
        #expect(vector == ParameterVector(zerosFor: layout))
        #expect(vector.isFinite)
        #expect(vector.digest == ContentDigest(of: []))
    }

    // From Python's struct and hashlib.
    @Test("The digest is SHA-256 of the canonical bytes")
    func digest() {
        #expect(
            vector.digest.description == "c0623a2b610fcca40fe4f47c4d5fe009d5bcf54d38499a0b3f7b417a7f9843b3")
        #expect(vector.digest == ContentDigest(of: bytes))
        let thousand = ParameterVector(
            layout: ParameterLayout([("a", [1000])]), values: (0..<1000).map { Float($0) / 8 - 60 })
        #expect(
            thousand.digest.description == "3cc7177f0e3e5fc663fb27780992b7cd57b623e5b4991a0a923b694e34f81854")
    }

    @Test("Zeros are zeros, and a change in place is seen by all")
    func change() {
        var vector = ParameterVector(zerosFor: layout)
        #expect(vector.values == [Float](repeating: 0, count: 9))
        let before = vector
        vector.withMutableValues { $0[4] = 1.5 }
        #expect(vector.values == [0, 0, 0, 0, 1.5, 0, 0, 0, 0])
        #expect(vector.withValues { $0[4] } == 1.5)
        #expect(before.values[4] == 0)
        #expect(vector != before && vector.digest != before.digest)
    }

    @Test("A digest that is remembered is forgotten when the parameters change")
    func rememberedDigest() {
        var remembering = vector.rememberingDigest()
        #expect(remembering.digest == vector.digest)
        let copy = remembering
        remembering.withMutableValues { $0[2] += 1 }
        #expect(remembering.digest != vector.digest)
        #expect(remembering.digest == remembering.rememberingDigest().digest)
        #expect(copy.digest == vector.digest)
    }

    // MARK: Finite or not, at each place of a vector that fills no register evenly

    private func isFinite(_ pattern: UInt32, at index: Int) -> Bool {
        var values = (0..<37).map { Float($0) - 18 }
        values[index] = Float(bitPattern: pattern)
        return ParameterVector(layout: ParameterLayout([("a", [37])]), values: values).isFinite
    }

    @Test(
        "Infinities and every sort of NaN are noticed",
        arguments: [
            0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0xFFC0_0000, 0x7F80_0001, 0xFF80_0001, 0x7FFF_FFFF, 0xFFFF_FFFF,
            0x7FA5_5AA5,
        ] as [UInt32])
    func damaged(pattern: UInt32) {
        for index in 0..<37 { #expect(!isFinite(pattern, at: index)) }
    }

    @Test(
        "Zeros, denormals and the greatest numbers are finite",
        arguments: [
            0, 0x8000_0000, 1, 0x8000_0001, 0x007F_FFFF, 0x807F_FFFF, 0x0080_0000, 0x7F7F_FFFF, 0xFF7F_FFFF,
        ] as [UInt32])
    func sound(pattern: UInt32) {
        for index in 0..<37 { #expect(isFinite(pattern, at: index)) }
    }

    @Test("Finiteness is that of the values, whatever their bits")
    func anyBits() {
        var stream = RandomStream(seed: 9, purpose: .jitter)
        for _ in 0..<2000 {
            // Exponents of all ones are rare in random bits; make them frequent.
            let values = (0..<5).map { _ in
                Float(bitPattern: stream.nextWord() | (stream.below(8) == 0 ? 0x7F80_0000 : 0))
            }
            let vector = ParameterVector(layout: ParameterLayout([("a", [5])]), values: values)
            #expect(vector.isFinite == values.allSatisfy { $0.isFinite })
        }
    }
}
