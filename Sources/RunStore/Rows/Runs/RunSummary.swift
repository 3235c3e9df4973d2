public import Foundation
public import Parameters

/// A run and what its rounds come to so far.
public struct RunSummary: Sendable, Hashable {
    public let run: RunRecord
    /// How many rounds have been committed.
    public let roundsCommitted: Int
    /// Of the last committed round, 0 to 1; `nil` before the first.
    public let testAccuracy: Double?
    /// The best of all committed rounds, 0 to 1; `nil` before the first.
    public let bestTestAccuracy: Double?
    /// Of the latest global model, with the server's state where the strategy remembers something; of the initial model before
    /// the first round.
    public let modelDigest: ContentDigest
    /// From the coordinator to its workers, over all committed rounds.
    public let bytesSent: Int64
    /// From the workers to the coordinator, over all committed rounds.
    public let bytesReceived: Int64
    /// When the last round was committed.
    public let committedAt: Date?

    /// Seconds from the start to the end, or to the last commit of a run that has not ended.
    public var seconds: Double? {
        (run.finishedAt ?? committedAt).map { $0.timeIntervalSince(run.startedAt) }
    }
}

extension RunSummary: Codable {
    private enum CodingKeys: String, CodingKey {
        case roundsCommitted, testAccuracy, bestTestAccuracy, modelDigest, bytesSent, bytesReceived, committedAt
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        run = try RunRecord(from: decoder)
        roundsCommitted = try container.decode(Int.self, forKey: .roundsCommitted)
        testAccuracy = try container.decodeIfPresent(Double.self, forKey: .testAccuracy)
        bestTestAccuracy = try container.decodeIfPresent(Double.self, forKey: .bestTestAccuracy)
        modelDigest = try container.decode(ContentDigest.self, forKey: .modelDigest)
        bytesSent = try container.decode(Int64.self, forKey: .bytesSent)
        bytesReceived = try container.decode(Int64.self, forKey: .bytesReceived)
        committedAt = try container.decodeIfPresent(Date.self, forKey: .committedAt)
    }

    public func encode(to encoder: any Encoder) throws {
        try run.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(roundsCommitted, forKey: .roundsCommitted)
        try container.encodeIfPresent(testAccuracy, forKey: .testAccuracy)
        try container.encodeIfPresent(bestTestAccuracy, forKey: .bestTestAccuracy)
        try container.encode(modelDigest, forKey: .modelDigest)
        try container.encode(bytesSent, forKey: .bytesSent)
        try container.encode(bytesReceived, forKey: .bytesReceived)
        try container.encodeIfPresent(committedAt, forKey: .committedAt)
    }
}
