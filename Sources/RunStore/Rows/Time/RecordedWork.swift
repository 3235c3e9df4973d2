public import Federation
import Settings

/// A client of a simulated run that trains while others report: how far its work is in its own time.
public struct RecordedWork: Sendable, Hashable {
    /// What comes next of it.
    public enum Event: String, Sendable, Hashable, Codable {
        case trained, arrived, vanished, cut
    }

    /// Its round is the one from whose model it began.
    public var key: UpdateKey
    /// Whether it is away, and may come back.
    public var isAbsent: Bool
    /// When it was invited to the round for the first time; `nil` where that is not known.
    public var invited: Duration?
    /// How long its training takes.
    public var training: Duration
    /// Whether it has trained.
    public var isTrained: Bool
    /// The bytes of its update, once it is sent.
    public var updateBytes: Int
    /// How many of them have come, when the sending of the others began, and how long it takes.
    public var sentBytes: Int
    public var sendingSince: Duration?
    public var upload: Duration
    /// `nil`: nothing until it is back.
    public var next: Event?
    public var at: Duration?
    /// When it is given up; `nil`: never.
    public var deadline: Duration?

    public init(
        key: UpdateKey, isAbsent: Bool, invited: Duration?, training: Duration, isTrained: Bool, updateBytes: Int,
        sentBytes: Int,
        sendingSince: Duration?, upload: Duration, next: Event?, at: Duration?, deadline: Duration?
    ) {
        self.key = key
        self.isAbsent = isAbsent
        self.invited = invited
        self.training = training
        self.isTrained = isTrained
        self.updateBytes = updateBytes
        self.sentBytes = sentBytes
        self.sendingSince = sendingSince
        self.upload = upload
        self.next = next
        self.at = at
        self.deadline = deadline
    }
}

extension RecordedWork {
    /// Whether a client of a run can be like this after a round.
    func isPossible(after round: Int) -> Bool {
        key.attempt > 0 && key.round > 0 && Int(key.round) <= round + 1 && updateBytes >= 0
            && (0...updateBytes).contains(sentBytes) && training >= .zero && upload >= .zero
    }
}

extension RecordedWork: Codable {
    private enum CodingKeys: String, CodingKey {
        case client, round, attempt, next
        case isAbsent = "absent"
        case invited = "invited_ns"
        case training = "training_ns"
        case isTrained = "trained"
        case updateBytes = "update_bytes"
        case sentBytes = "sent_bytes"
        case sendingSince = "sending_since_ns"
        case upload = "upload_ns"
        case at = "at_ns"
        case deadline = "deadline_ns"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func duration(_ key: CodingKeys) throws -> Duration? {
            try values.decodeIfPresent(Int64.self, forKey: key).map { .nanoseconds($0) }
        }
        self.init(
            key: UpdateKey(
                round: try values.decode(UInt32.self, forKey: .round),
                client: ClientID(try values.decode(UInt32.self, forKey: .client)),
                attempt: try values.decode(UInt32.self, forKey: .attempt)),
            isAbsent: try values.decode(Bool.self, forKey: .isAbsent), invited: try duration(.invited),
            training: try duration(.training) ?? .zero,
            isTrained: try values.decode(Bool.self, forKey: .isTrained),
            updateBytes: try values.decode(Int.self, forKey: .updateBytes),
            sentBytes: try values.decode(Int.self, forKey: .sentBytes), sendingSince: try duration(.sendingSince),
            upload: try duration(.upload) ?? .zero, next: try values.decodeIfPresent(Event.self, forKey: .next),
            at: try duration(.at), deadline: try duration(.deadline))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(key.client.rawValue, forKey: .client)
        try values.encode(key.round, forKey: .round)
        try values.encode(key.attempt, forKey: .attempt)
        try values.encode(isAbsent, forKey: .isAbsent)
        try values.encodeIfPresent(invited?.nanoseconds, forKey: .invited)
        try values.encode(training.nanoseconds, forKey: .training)
        try values.encode(isTrained, forKey: .isTrained)
        try values.encode(updateBytes, forKey: .updateBytes)
        try values.encode(sentBytes, forKey: .sentBytes)
        try values.encodeIfPresent(sendingSince?.nanoseconds, forKey: .sendingSince)
        try values.encode(upload.nanoseconds, forKey: .upload)
        try values.encodeIfPresent(next, forKey: .next)
        try values.encodeIfPresent(at?.nanoseconds, forKey: .at)
        try values.encodeIfPresent(deadline?.nanoseconds, forKey: .deadline)
    }
}
