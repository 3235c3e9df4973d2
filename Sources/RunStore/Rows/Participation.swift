public import Federation

/// How often a client was asked for an update, and what became of it.
public struct ClientParticipation: Sendable, Hashable, Codable {
    public var client: ClientID
    /// In how many rounds.
    public var asked: Int
    /// How many of its updates are part of a model.
    public var counted: Int
    /// The examples behind these, in each round again.
    public var examples: Int64
    /// How long it trained for them, on average.
    public var trainSeconds: Double?
    /// How often there was no update, by reason.
    public var failures: [String: Int]

    /// A client that has not been asked yet.
    init(_ client: ClientID) {
        self.client = client
        asked = 0
        counted = 0
        examples = 0
        failures = [:]
    }
}

/// Who takes part in a run.
public struct Participation: Sendable, Hashable, Codable {
    /// All of the population, by their ids.
    public var clients: [ClientParticipation]
    /// How evenly the updates that count are divided.
    public var updates: ClientSpread?
    /// How evenly the examples behind them are.
    public var examples: ClientSpread?
    /// Rows of clients that reported and that the record has not kept: they are not counted here.
    public var missingRows: Int

    init(_ clients: [ClientParticipation], missingRows: Int) {
        self.clients = clients
        self.missingRows = missingRows
        updates = ClientSpread(clients.map { Double($0.counted) })
        examples = ClientSpread(clients.map { Double($0.examples) })
    }
}
