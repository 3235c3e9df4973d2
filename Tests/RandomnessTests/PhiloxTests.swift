import Randomness
import Testing

struct PhiloxTests {
    /// One line of the file `kat_vectors` that comes with Random123: philox4x32, 10 rounds.
    struct KnownAnswer: Sendable {
        let counter: SIMD4<UInt32>
        let key: SIMD2<UInt32>
        let block: SIMD4<UInt32>
    }

    @Test(
        "Blocks are those that the generator's authors publish",
        arguments: [
            KnownAnswer(
                counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0),
                block: SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
            KnownAnswer(
                counter: SIMD4(repeating: 0xffff_ffff), key: SIMD2(repeating: 0xffff_ffff),
                block: SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
            KnownAnswer(
                counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
                key: SIMD2(0xa409_3822, 0x299f_31d0),
                block: SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)),
        ])
    func knownAnswers(known: KnownAnswer) {
        #expect(Philox.block(counter: known.counter, key: known.key) == known.block)
    }

    @Test("Each bit of counter and key changes about half of the block's bits")
    func avalanche() {
        let counter = SIMD4<UInt32>(0x0123_4567, 0x89ab_cdef, 0xfedc_ba98, 0x7654_3210)
        let key = SIMD2<UInt32>(0xdead_beef, 0x0bad_cafe)
        let block = Philox.block(counter: counter, key: key)
        for bit in 0..<192 {
            var otherCounter = counter
            var otherKey = key
            if bit < 128 {
                otherCounter[bit / 32] ^= 1 << UInt32(bit % 32)
            } else {
                otherKey[(bit - 128) / 32] ^= 1 << UInt32(bit % 32)
            }
            let changed = block ^ Philox.block(counter: otherCounter, key: otherKey)
            let bits = changed.indices.reduce(0) { $0 + changed[$1].nonzeroBitCount }
            // 128 fair coins: mean 64, standard deviation 5.7.
            #expect((36...92).contains(bits), "bit \(bit) changes \(bits) bits")
        }
    }
}
