/// How parameters become bytes on the wire.
public enum CodecName: String, Sendable, Hashable, CaseIterable {
    /// Every parameter as it is, four bytes each.
    case f32
}
