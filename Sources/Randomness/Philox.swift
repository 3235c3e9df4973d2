/// Philox4x32-10, a counter-based generator: the output is a pure function of a 128-bit counter and a 64-bit key, so
/// any block of any stream can be had at once, in any order, on any thread.
///
/// Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011, section 3.3. Checked in the
/// tests against the known-answer vectors that the authors publish with Random123.
public enum Philox {
    /// The 128 random bits at `counter` under `key`, as four words.
    public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        // Scalars: a vector's lanes would be moved to and fro for each product of 64 bits.
        var (x, y, z, w) = (counter.x, counter.y, counter.z, counter.w)
        var (key0, key1) = (key.x, key.y)
        for _ in 0..<10 {
            let product0 = UInt64(0xD251_1F53) * UInt64(x)
            let product1 = UInt64(0xCD9E_8D57) * UInt64(z)
            x = UInt32(truncatingIfNeeded: product1 >> 32) ^ y ^ key0
            y = UInt32(truncatingIfNeeded: product1)
            z = UInt32(truncatingIfNeeded: product0 >> 32) ^ w ^ key1
            w = UInt32(truncatingIfNeeded: product0)
            key0 &+= 0x9E37_79B9
            key1 &+= 0xBB67_AE85
        }
        return SIMD4(x, y, z, w)
    }
}
