import Randomness
import Testing

struct RandomStreamTests {
    private func words(
        _ count: Int, seed: UInt64 = 1, purpose: RandomPurpose = .shuffling, round: UInt32 = 2, client: UInt32 = 3
    ) -> [UInt32] {
        var stream = RandomStream(seed: seed, purpose: purpose, round: round, client: client)
        return (0..<count).map { _ in stream.nextWord() }
    }

    @Test("The same seed, purpose, round and client give the same stream")
    func same() {
        #expect(words(100) == words(100))
    }

    @Test("Streams that differ in seed, purpose, round or client share no word at the same place")
    func different() {
        var streams = [words(64)]
        for bit in [0, 1, 31, 32, 33, 63] { streams.append(words(64, seed: 1 ^ (1 << UInt64(bit)))) }
        for purpose in RandomPurpose.allCases where purpose != .shuffling {
            streams.append(words(64, purpose: purpose))
        }
        for round: UInt32 in [0, 1, 3, 4, 1 << 31, .max] { streams.append(words(64, round: round)) }
        for client: UInt32 in [0, 1, 2, 4, 1 << 31, .max] { streams.append(words(64, client: client)) }
        // A round that is another's client is another stream, too.
        streams.append(words(64, round: 3, client: 2))
        for (index, one) in streams.enumerated() {
            for other in streams[(index + 1)...] {
                #expect(zip(one, other).allSatisfy { $0 != $1 })
            }
        }
    }

    @Test("Words are the blocks of the counter 0, 1, 2, … in order")
    func blocks() {
        let seed: UInt64 = 0x0123_4567_89ab_cdef
        let key = SIMD2<UInt32>(0x89ab_cdef, 0x0123_4567)
        let words = words(400, seed: seed, purpose: .selection, round: 7, client: 42)
        for index in 0..<100 {
            let counter = SIMD4<UInt32>(UInt32(index), 7, 42, RandomPurpose.selection.rawValue)
            let block = Philox.block(counter: counter, key: key)
            #expect(words[(4 * index)..<(4 * index + 4)].elementsEqual(block.indices.map { block[$0] }))
        }
    }

    @Test("64 bits are two words, the low one first, wherever in a block they begin", arguments: 0..<5)
    func pairs(offset: Int) {
        let words = words(offset + 40)
        var stream = RandomStream(seed: 1, purpose: .shuffling, round: 2, client: 3)
        for _ in 0..<offset { _ = stream.nextWord() }
        for index in stride(from: offset, to: words.count, by: 2) {
            #expect(stream.next() == UInt64(words[index + 1]) << 32 | UInt64(words[index]))
        }
    }

    @Test("A copy goes on for itself")
    func copies() {
        var stream = RandomStream(seed: 5, purpose: .digits)
        _ = stream.nextWord()
        var copy = stream
        let next = stream.next()
        #expect(copy.next() == next)
    }

    @Test("Each purpose keeps its number, which every result depends on")
    func purposes() {
        let numbers: [RandomPurpose: UInt32] = [
            .initialisation: 1, .partition: 2, .sizes: 3, .selection: 4, .shuffling: 5, .dropout: 6, .digits: 7,
            .jitter: 8,
        ]
        for (purpose, number) in numbers { #expect(purpose.rawValue == number) }
        #expect(Set(RandomPurpose.allCases.map(\.rawValue)).count == RandomPurpose.allCases.count)
    }

    // From an implementation of the paper in Python that gives the published vectors.
    @Test(
        "The first words of each purpose stay what they are",
        arguments: [
            (.initialisation, [0x127B_EE41, 0x1E04_7488, 0x4884_2B20, 0x0A39_3496, 0x10CC_6764, 0xA963_4A04]),
            (.partition, [0x2FE4_24F7, 0x6B5C_693B, 0x4622_0365, 0x7D0E_2E0A, 0x2CA4_F974, 0x49F7_D7D7]),
            (.sizes, [0x6954_07F3, 0xAC25_B124, 0x63D4_80DE, 0xC6A6_8483, 0x251E_44F1, 0x71B5_0831]),
            (.selection, [0x4FD2_E5F4, 0xFA92_CEB9, 0x6EFA_3A4B, 0xF112_0AAF, 0x327B_E9A5, 0x88FC_C725]),
            (.shuffling, [0x3321_C3D5, 0x2057_F548, 0xCB40_2FDD, 0x756E_84FD, 0x6473_7089, 0x9636_5015]),
            (.dropout, [0xC8B2_CAC8, 0xB9A5_3D31, 0x38F9_4DBC, 0x223A_6B59, 0x15AC_AFA2, 0x673B_2F3D]),
            (.digits, [0x2864_5DFD, 0xBFB9_B9EE, 0xF67D_4ECD, 0xD24F_179D, 0xBFCB_BF7A, 0x9531_BBFB]),
            (.jitter, [0x021E_6089, 0xACAD_B8A6, 0xF8D9_2D42, 0x9CAB_734F, 0xCE00_D5AF, 0xDE48_21CD]),
        ] as [(RandomPurpose, [UInt32])])
    func golden(purpose: RandomPurpose, expected: [UInt32]) {
        #expect(words(6, seed: 1, purpose: purpose, round: 0, client: 0) == expected)
    }

    @Test("The first words of streams with all parts set stay what they are")
    func goldenParts() {
        #expect(
            words(6, seed: 0x0123_4567_89ab_cdef, purpose: .selection, round: 7, client: 42) == [
                0x8B4C_ADC0, 0x59C2_3B35, 0x461C_D204, 0x9D52_3953, 0x68F5_11BC, 0xE5FB_BC7B,
            ])
        #expect(
            words(6, seed: .max, purpose: .jitter, round: .max, client: .max) == [
                0x8B21_6E67, 0xD230_ED5A, 0xCC54_989C, 0x8EBE_44AE, 0x3261_74D0, 0x4F30_DB0F,
            ])
    }
}
