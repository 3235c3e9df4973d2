public import Federation
public import Parameters
internal import Randomness

/// The ways to turn parameters into bytes; the raw value is the id on the wire.
public enum Codec: UInt8, Sendable, CaseIterable {
    /// The canonical bytes: Float32, little-endian.
    case f32 = 1
    /// IEEE 754 binary16: two bytes for each value.
    case f16 = 2
    /// The upper half of Float32: two bytes for each value, in Float32's range.
    case bf16 = 3
    /// One byte for each value and a scale for each tensor, rounded at random.
    case int8 = 4

    /// What does the work.
    public var implementation: any ParameterCodec.Type {
        switch self {
        case .f32: F32Codec.self
        case .f16: F16Codec.self
        case .bf16: BF16Codec.self
        case .int8: Int8Codec.self
        }
    }

    /// Whether the encoded bytes are the canonical bytes, so that nothing is lost, and a digest can be taken as they come. All
    /// others lose something: the `parameters` of an update are then sent as their difference from the model that the client
    /// received, which is small, and so is what is lost of it.
    public var isCanonical: Bool { self == .f32 }

    /// Encodes what goes out in a round, to the same bytes for all its clients.
    ///
    /// - Parameters:
    ///   - values: all vectors of the broadcast.
    ///   - seed: of the run.
    public func encode(broadcast values: ParameterVector, round: UInt32, seed: UInt64) -> EncodedParameters {
        var rounding = RandomStream(seed: seed, purpose: .broadcastRounding, round: round)
        return implementation.encode(values, rounding: &rounding)
    }

    /// Encodes a client's update.
    ///
    /// - Parameters:
    ///   - values: all vectors of the update.
    ///   - seed: of the run.
    public func encode(update values: ParameterVector, key: UpdateKey, seed: UInt64) -> EncodedParameters {
        // The attempt is not part of the stream: one that is repeated is the same update.
        var rounding = RandomStream(
            seed: seed, purpose: .updateRounding, round: key.round, client: key.client.rawValue)
        return implementation.encode(values, rounding: &rounding)
    }
}
