public import Parameters

/// A way to turn parameters into bytes. A codec is one type, and one case of ``Codec``.
public protocol ParameterCodec {
    /// The number of encoded bytes that parameters of this layout may have.
    static func byteCounts(for layout: ParameterLayout) -> ClosedRange<UInt64>

    static func encode(_ parameters: ParameterVector) -> EncodedParameters

    /// - Throws: a ``WireError`` if the bytes are not what ``encode(_:)`` makes of parameters of this layout.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, layout: ParameterLayout
    ) throws(WireError) -> ParameterVector
}
