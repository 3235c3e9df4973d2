import Parameters
import Randomness

/// IEEE 754 binary16, little-endian: 11 significant bits, from 2⁻²⁴ to 65,504. Rounded to the nearest, to even where there
/// are two; beyond the range the last number in it.
enum F16Codec: HalfWidthCodec {
    static let name = "f16"

    // After Fabian Giesen, "float->half variants" (2012): integer operations alone, so that loops are vectorised; `Float16`'s
    // conversions are library calls on plain x86-64.
    static func narrow(_ value: Float) -> UInt16 {
        let sign = value.bitPattern & 0x8000_0000
        let magnitude = min(value.bitPattern ^ sign, largest)
        let odd = (magnitude >> 13) & 1
        let normal = (magnitude &+ 0xc800_0fff &+ odd) >> 13
        // Adding 1/2 moves the last bit of a subnormal number to that of Float32, which rounds it.
        let subnormal = (Float(bitPattern: magnitude) + 0.5).bitPattern &- Float(0.5).bitPattern
        let narrowed = magnitude < leastNormal ? subnormal : normal
        return UInt16(truncatingIfNeeded: narrowed | sign >> 16)
    }

    static func widen(_ half: UInt16) -> Float {
        let sign = UInt32(half & 0x8000) << 16
        let magnitude = UInt32(half & 0x7fff) << 13
        let normal = magnitude &+ 0x3800_0000
        let subnormal = (Float(bitPattern: normal &+ 0x80_0000) - Float(bitPattern: leastNormal)).bitPattern
        let endless = normal &+ 0x3800_0000
        let exponent = magnitude & 0x0f80_0000
        let widened = exponent == 0 ? subnormal : exponent == 0x0f80_0000 ? endless : normal
        return Float(bitPattern: widened | sign)
    }

    /// 65,504.
    private static var largest: UInt32 { 0x477f_e000 }
    /// 2⁻¹⁴.
    private static var leastNormal: UInt32 { 0x3880_0000 }
}
