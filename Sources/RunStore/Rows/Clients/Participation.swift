import Federation

/// Who takes part in a run.
public struct Participation: Sendable, Hashable, Codable {
    /// All of the population, by their ids.
    public var clients: [ClientParticipation]
    /// How evenly the updates that count are divided.
    public private(set) var updates: ClientSpread?
    /// How evenly the examples behind them are.
    public private(set) var examples: ClientSpread?
    /// Rows of clients that reported and that the record has not kept: they are not counted here.
    public private(set) var missingRows: Int

    init(_ clients: [ClientParticipation], missingRows: Int) {
        self.clients = clients
        self.missingRows = missingRows
        divide()
    }

    /// Counts rows of clients that reported that the record has not kept, and that were made again.
    ///
    /// - Parameter rows: at most so many as are missing.
    public mutating func count(_ rows: [ClientRoundRecord]) {
        for row in rows where clients.indices.contains(Int(row.client.rawValue)) {
            let place = Int(row.client.rawValue)
            clients[place].asked += 1
            clients[place].counted += 1
            clients[place].examples += row.examples ?? 0
        }
        missingRows -= rows.count
        divide()
    }

    private mutating func divide() {
        let counted = clients.reduce(0) { $0 + $1.counted }
        let behind = clients.reduce(0) { $0 + $1.examples }
        for place in clients.indices {
            let client = clients[place]
            clients[place].updateShare = counted > 0 ? Double(client.counted) / Double(counted) : nil
            clients[place].exampleShare = behind > 0 ? Double(client.examples) / Double(behind) : nil
        }
        updates = ClientSpread(clients.map { Double($0.counted) })
        examples = ClientSpread(clients.map { Double($0.examples) })
    }
}
