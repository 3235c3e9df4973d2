import Federation
public import RunStore

/// A round as the record has it.
public struct RecordedRound: Sendable {
    public let row: RoundRecord
    /// A row for each client of the cohort, by their ids, those of one client the older first.
    public let clients: [ClientRoundRecord]
    /// The local epochs of those that did partial work.
    let partialWork: [ClientID: Int]

    public var number: Int { row.round }

    /// Those whose updates are part of the model.
    public var reported: [ClientRoundRecord] { clients.filter { $0.status == .reported } }

    /// The key of a client's part in the round.
    func key(of client: ClientRoundRecord) -> UpdateKey {
        UpdateKey(
            round: UInt32(clamping: row.round - client.staleness), client: client.client,
            attempt: UInt32(clamping: client.attempt))
    }
}
