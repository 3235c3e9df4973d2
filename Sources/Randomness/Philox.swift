/// Philox4x32-10, a counter-based generator: the output is a pure function of a 128-bit counter and a 64-bit key, so
/// any block of any stream can be had at once, in any order, on any thread.
///
/// Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011, section 3.3. Checked in the
/// tests against the known-answer vectors that the authors publish with Random123.
public enum Philox {
    /// The 128 random bits at `counter` under `key`, as four words.
    public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var counter = counter
        var key = key
        for _ in 0..<10 {
            let product0 = UInt64(0xD251_1F53) * UInt64(counter.x)
            let product1 = UInt64(0xCD9E_8D57) * UInt64(counter.z)
            counter = SIMD4(
                UInt32(truncatingIfNeeded: product1 >> 32) ^ counter.y ^ key.x,
                UInt32(truncatingIfNeeded: product1),
                UInt32(truncatingIfNeeded: product0 >> 32) ^ counter.w ^ key.y,
                UInt32(truncatingIfNeeded: product0))
            key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return counter
    }
}
