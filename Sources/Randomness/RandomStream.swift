/// The stream of random numbers for one (seed, purpose, round, client): the same four always give the same numbers,
/// and two streams that differ in any of them never share a block.
///
/// The seed is Philox's key; purpose, round and client are three of the counter's words and the fourth counts the
/// blocks, so streams cannot overlap. A stream holds 2³⁴ − 4 words; drawing more is a programmer's error and traps.
public struct RandomStream: RandomNumberGenerator, Sendable {
    private let key: SIMD2<UInt32>
    private var counter: SIMD4<UInt32>
    private var block = SIMD4<UInt32>()
    /// Words of `block` already handed out; 4 when a new block is due.
    private var used = 4

    /// - Parameters:
    ///   - round: from 1; 0 where a purpose knows no rounds.
    ///   - client: the client's id; 0 where a purpose knows no clients.
    public init(seed: UInt64, purpose: RandomPurpose, round: UInt32 = 0, client: UInt32 = 0) {
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        counter = SIMD4(0, round, client, purpose.rawValue)
    }

    /// The next 32 random bits.
    public mutating func nextWord() -> UInt32 {
        if used == 4 {
            block = Philox.block(counter: counter, key: key)
            counter.x += 1
            used = 0
        }
        defer { used += 1 }
        return block[used]
    }

    /// The next four words at once, from a new block: what is left of the one before is given up.
    public mutating func nextBlock() -> SIMD4<UInt32> {
        used = 4
        defer { counter.x += 1 }
        return Philox.block(counter: counter, key: key)
    }

    /// The next 64 random bits: two words, the low one first.
    public mutating func next() -> UInt64 {
        let low = UInt64(nextWord())
        return UInt64(nextWord()) << 32 | low
    }
}
