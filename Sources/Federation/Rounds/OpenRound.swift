/// The clients of a round that is being collected, and how far each of them is.
struct OpenRound: Sendable, Hashable {
    enum Status: Sendable, Hashable {
        /// It has been invited and may report.
        case invited
        /// It is away and may come back.
        case absent
        case reported(attempt: UInt32)
        case failed(FailureReason)
    }

    struct Member: Sendable, Hashable {
        var attempt: UInt32
        var status: Status
    }

    let round: UInt32
    let cohort: [ClientID]
    private var members: [ClientID: Member]
    /// Members that are invited or absent.
    private(set) var outstanding: Int
    private(set) var reported = 0

    init(round: UInt32, cohort: [ClientID]) {
        self.round = round
        self.cohort = cohort
        members = Dictionary(
            uniqueKeysWithValues: cohort.map { ($0, Member(attempt: 0, status: .absent)) })
        outstanding = cohort.count
    }

    /// Invites the client if the round waits for it; the key of the invitation.
    mutating func invite(_ client: ClientID) -> UpdateKey? {
        guard var member = members[client], case .absent = member.status else { return nil }
        member.attempt += 1
        member.status = .invited
        members[client] = member
        return UpdateKey(round: round, client: client, attempt: member.attempt)
    }

    /// The client is away; the round still waits for it.
    mutating func left(_ client: ClientID) {
        guard case .invited = members[client]?.status else { return }
        members[client]?.status = .absent
    }

    /// Whether the round waits for this client to come back.
    func waitsForReturn(of client: ClientID) -> Bool {
        if case .absent = members[client]?.status { true } else { false }
    }

    /// Whether the round waits for this client, and the key is that of its latest invitation.
    func waits(for key: UpdateKey) -> Bool {
        disposition(of: key) == .wanted && members[key.client]?.attempt == key.attempt
    }

    func disposition(of key: UpdateKey) -> UpdateDisposition {
        guard let member = members[key.client], key.attempt > 0, key.attempt <= member.attempt else {
            return .uninvited
        }
        return switch member.status {
        case .invited, .absent: .wanted
        case .reported: .duplicate
        case .failed: .late
        }
    }

    /// The client's update is in.
    mutating func report(_ key: UpdateKey) {
        members[key.client]?.status = .reported(attempt: key.attempt)
        outstanding -= 1
        reported += 1
    }

    /// The round no longer waits for the client.
    mutating func fail(_ client: ClientID, _ reason: FailureReason) {
        members[client]?.status = .failed(reason)
        outstanding -= 1
    }

    /// The round no longer waits for anybody.
    mutating func failAllOutstanding(_ reason: (_ isAbsent: Bool) -> FailureReason) {
        for client in cohort {
            switch members[client]?.status {
            case .invited: fail(client, reason(false))
            case .absent: fail(client, reason(true))
            case .reported, .failed, nil: break
            }
        }
    }

    /// What became of everybody.
    ///
    /// - Precondition: nobody is outstanding.
    func closure() -> CohortOutcome {
        precondition(outstanding == 0)
        var reported: [UpdateKey] = []
        var failed: [CohortOutcome.Failure] = []
        for client in cohort {
            guard let member = members[client] else { continue }
            switch member.status {
            case .reported(let attempt):
                reported.append(UpdateKey(round: round, client: client, attempt: attempt))
            case .failed(let reason):
                let key = UpdateKey(round: round, client: client, attempt: member.attempt)
                failed.append(.init(key: key, reason: reason))
            case .invited, .absent:
                break
            }
        }
        return CohortOutcome(round: round, reported: reported, failed: failed)
    }
}
