import Parameters
import Randomness

/// The canonical bytes as they are: Float32, little-endian. Nothing is lost and nothing is copied.
enum F32Codec: ParameterCodec {
    static func byteCounts(for layout: ParameterLayout) -> ClosedRange<UInt64> {
        UInt64(layout.byteCount)...UInt64(layout.byteCount)
    }

    static func encode(_ parameters: ParameterVector, rounding: inout RandomStream) -> EncodedParameters {
        EncodedParameters(canonical: parameters)
    }

    static func decode(
        _ bytes: UnsafeRawBufferPointer, layout: ParameterLayout
    ) throws(WireError) -> ParameterVector {
        guard let parameters = ParameterVector(layout: layout, canonicalBytes: bytes) else {
            throw wrongLength(bytes.count, codec: "f32", layout: layout)
        }
        return parameters
    }
}
