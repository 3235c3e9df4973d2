public import struct Foundation.Date

/// A row of `runs`.
public struct RunRecord: Sendable, Hashable {
    public let identity: RunIdentity
    public let details: NewRun
    public let startedAt: Date
    /// `nil` while it runs, and for ever if the coordinator was killed.
    public let finishedAt: Date?
    public let status: RunStatus
    /// Why it was stopped or failed.
    public let message: String?
}

// The row is flat: the details' columns stand among the others.
extension RunRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, ulid, startedAt, finishedAt, status, message
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        identity = RunIdentity(
            number: try container.decode(Int64.self, forKey: .id), ulid: try container.decode(ULID.self, forKey: .ulid))
        details = try NewRun(from: decoder)
        startedAt = try container.decode(Date.self, forKey: .startedAt)
        finishedAt = try container.decodeIfPresent(Date.self, forKey: .finishedAt)
        status = try container.decode(RunStatus.self, forKey: .status)
        message = try container.decodeIfPresent(String.self, forKey: .message)
    }

    public func encode(to encoder: any Encoder) throws {
        try details.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(identity.number, forKey: .id)
        try container.encode(identity.ulid, forKey: .ulid)
        try container.encode(startedAt, forKey: .startedAt)
        try container.encodeIfPresent(finishedAt, forKey: .finishedAt)
        try container.encode(status, forKey: .status)
        try container.encodeIfPresent(message, forKey: .message)
    }
}
