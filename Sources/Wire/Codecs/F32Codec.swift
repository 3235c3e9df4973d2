public import Parameters

/// The canonical bytes as they are: Float32, little-endian. Nothing is lost and nothing is copied.
public enum F32Codec: ParameterCodec {
    public static func byteCounts(for layout: ParameterLayout) -> ClosedRange<UInt64> {
        UInt64(layout.byteCount)...UInt64(layout.byteCount)
    }

    public static func encode(_ parameters: ParameterVector) -> EncodedParameters {
        EncodedParameters(canonical: parameters)
    }

    public static func decode(
        _ bytes: UnsafeRawBufferPointer, layout: ParameterLayout
    ) throws(WireError) -> ParameterVector {
        guard let parameters = ParameterVector(layout: layout, canonicalBytes: bytes) else {
            throw WireError(
                .transferLength, "the model has \(layout.byteCount) bytes as f32, and \(bytes.count) came")
        }
        return parameters
    }
}
