import Parameters
import Randomness

/// A scale for each tensor, Float32, and after it a signed byte for each of its values: the value is scale · byte.
///
/// The scale is the tensor's greatest magnitude by 127. A value is rounded up with the probability of what it has beyond the
/// number below, so that the mean of many clients' errors is zero (Alistarh et al. 2017, QSGD, Section 3.1, with s = 127 and
/// the greatest magnitude for the norm).
enum Int8Codec: ParameterCodec {
    private static let levels: Float = 127
    private static let greatestScale = (Float.greatestFiniteMagnitude / levels).nextDown

    static func byteCounts(for layout: ParameterLayout) -> ClosedRange<UInt64> {
        let count = UInt64(layout.count + layout.tensors.count * MemoryLayout<Float>.size)
        return count...count
    }

    static func encode(_ parameters: ParameterVector, rounding: inout RandomStream) -> EncodedParameters {
        let byteCount = Int(byteCounts(for: parameters.layout).lowerBound)
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            parameters.withValues { values in
                var offset = 0
                for tensor in parameters.layout.tensors {
                    let tensor = UnsafeBufferPointer(rebasing: values[tensor.range])
                    // Rounded up, the greatest scale of all would make an infinite number of its 127th multiple.
                    let scale = min(greatestMagnitude(tensor) / levels, greatestScale)
                    withUnsafeBytes(of: scale.bitPattern.littleEndian) { scale in
                        _ = UnsafeMutableBufferPointer(rebasing: buffer[offset...]).initialize(from: scale)
                    }
                    offset += MemoryLayout<Float>.size
                    quantise(tensor, scale, &rounding, to: UnsafeMutableBufferPointer(rebasing: buffer[offset...]))
                    offset += tensor.count
                }
            }
            count = byteCount
        }
        return EncodedParameters(bytes: bytes)
    }

    private static func greatestMagnitude(_ values: UnsafeBufferPointer<Float>) -> Float {
        // As integers: floating-point maxima are not vectorised, since NaN has no order.
        var greatest: UInt32 = 0
        for value in values { greatest = max(greatest, value.bitPattern & 0x7fff_ffff) }
        return Float(bitPattern: greatest)
    }

    /// - Parameter bytes: at least as many as there are values.
    private static func quantise(
        _ values: UnsafeBufferPointer<Float>, _ scale: Float, _ rounding: inout RandomStream,
        to bytes: UnsafeMutableBufferPointer<UInt8>
    ) {
        // A scale too small for a reciprocal stands for values that are nothing beside all others.
        let inverse = scale >= .leastNormalMagnitude * 4 ? 1 / scale : 0
        let values = UnsafeRawBufferPointer(values)
        let bytes = UnsafeMutableRawBufferPointer(bytes)
        let whole = values.count / MemoryLayout<SIMD4<Float>>.size
        for block in 0..<whole {
            let four = values.loadUnaligned(fromByteOffset: block * 16, as: SIMD4<Float>.self)
            bytes.storeBytes(
                of: quantised(four * inverse, rounding.nextBlock()), toByteOffset: block * 4, as: SIMD4<Int8>.self)
        }
        var rest = SIMD4<Float>()
        let count = values.count / 4 - whole * 4
        guard count > 0 else { return }
        for lane in 0..<count {
            rest[lane] = values.loadUnaligned(fromByteOffset: whole * 16 + lane * 4, as: Float.self)
        }
        let levels = quantised(rest * inverse, rounding.nextBlock())
        for lane in 0..<count { bytes[whole * 4 + lane] = UInt8(bitPattern: levels[lane]) }
    }

    private static func quantised(_ scaled: SIMD4<Float>, _ words: SIMD4<UInt32>) -> SIMD4<Int8> {
        let uniform = SIMD4<Float>(SIMD4<Int32>(truncatingIfNeeded: words &>> 8)) * 0x1p-24
        // Adding 1.5 · 2²³ rounds to an integer, which is then in the low bits: the nearest to value − 1/2 + u.
        let shifted = scaled + (uniform - 0.5) + 0x1.8p23
        // Both are four times four bytes.
        let bits = unsafeBitCast(shifted, to: SIMD4<UInt32>.self)
        let level = SIMD4<Int32>(truncatingIfNeeded: bits &- Float(0x1.8p23).bitPattern)
        let low = level.replacing(with: -127, where: level .< -127)
        return SIMD4<Int8>(truncatingIfNeeded: low.replacing(with: 127, where: low .> 127))
    }

    static func decode(
        _ bytes: UnsafeRawBufferPointer, layout: ParameterLayout
    ) throws(WireError) -> ParameterVector {
        guard UInt64(bytes.count) == byteCounts(for: layout).lowerBound else {
            throw wrongLength(bytes.count, codec: "int8", layout: layout)
        }
        let values = [Float](unsafeUninitializedCapacity: layout.count) { values, count in
            var offset = 0
            for tensor in layout.tensors {
                let scale = Float(
                    bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
                offset += MemoryLayout<Float>.size
                for place in tensor.range {
                    values.initializeElement(at: place, to: scale * Float(Int8(bitPattern: bytes[offset])))
                    offset += 1
                }
            }
            count = layout.count
        }
        return ParameterVector(layout: layout, values: values)
    }
}
