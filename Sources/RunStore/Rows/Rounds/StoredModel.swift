public import Parameters

/// A global model out of the record.
public struct StoredModel: Sendable {
    /// The round that made it; 0 for the initial model.
    public let round: Int
    public let digest: ContentDigest
    public let parameters: ParameterVector
}
