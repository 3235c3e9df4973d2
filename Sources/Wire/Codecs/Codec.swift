/// The ways to turn parameters into bytes; the raw value is the id on the wire.
public enum Codec: UInt8, Sendable, CaseIterable {
    /// The canonical bytes: Float32, little-endian.
    case f32 = 1

    /// What does the work.
    public var implementation: any ParameterCodec.Type {
        switch self {
        case .f32: F32Codec.self
        }
    }

    /// Whether the encoded bytes are the canonical bytes, so that a digest can be taken as they come.
    var isCanonical: Bool {
        switch self {
        case .f32: true
        }
    }
}
