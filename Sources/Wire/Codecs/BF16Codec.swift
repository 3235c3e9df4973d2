import Parameters
import Randomness

/// The upper half of Float32, little-endian: eight significant bits in Float32's range. Rounded to the nearest, to even where
/// there are two; beyond the range the last number in it.
enum BF16Codec: HalfWidthCodec {
    static let name = "bf16"

    static func narrow(_ value: Float) -> UInt16 {
        let sign = value.bitPattern & 0x8000_0000
        let magnitude = min(value.bitPattern ^ sign, largest)
        let odd = (magnitude >> 16) & 1
        return UInt16(truncatingIfNeeded: (magnitude &+ 0x7fff &+ odd | sign) >> 16)
    }

    static func widen(_ half: UInt16) -> Float {
        Float(bitPattern: UInt32(half) << 16)
    }

    /// The last number before infinity.
    private static var largest: UInt32 { 0x7f7f_0000 }
}
