public import Parameters
public import Randomness

/// A way to turn parameters into bytes. A codec is one type, and one case of ``Codec``.
public protocol ParameterCodec {
    /// The number of encoded bytes that parameters of this layout may have.
    static func byteCounts(for layout: ParameterLayout) -> ClosedRange<UInt64>

    /// - Parameters:
    ///   - parameters: all finite; what is beyond the codec's range becomes the last number in it.
    ///   - rounding: where a codec that rounds at random takes its numbers from.
    static func encode(_ parameters: ParameterVector, rounding: inout RandomStream) -> EncodedParameters

    /// Any bytes of an allowed number are decoded; whether the values can be used is for the receiver to judge.
    ///
    /// - Throws: a ``WireError`` if the bytes are not as many as ``encode(_:rounding:)`` makes of parameters of this layout.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, layout: ParameterLayout
    ) throws(WireError) -> ParameterVector
}

extension ParameterCodec {
    /// The error where there are more or fewer bytes than the parameters take.
    static func wrongLength(_ count: Int, codec: String, layout: ParameterLayout) -> WireError {
        WireError(
            .transferLength, "the model has \(byteCounts(for: layout).lowerBound) bytes as \(codec), and \(count) came")
    }
}
