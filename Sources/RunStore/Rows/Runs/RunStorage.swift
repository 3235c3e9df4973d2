/// The room that the parameters of a run take in the record, in bytes.
public struct RunStorage: Sendable, Hashable, Codable {
    /// The models whose parameters are kept.
    public let models: Int
    public let modelBytes: Int64
    /// The updates that are kept.
    public let updates: Int
    public let updateBytes: Int64
}
