/// How parameters become bytes on the wire.
public enum CodecName: String, Sendable, Hashable, CaseIterable {
    /// Every parameter as it is, four bytes each.
    case f32
    /// Two bytes each: IEEE 754 binary16.
    case f16
    /// Two bytes each: the upper half of Float32.
    case bf16
    /// One byte each, with a scale for each tensor, rounded at random.
    case int8
}
