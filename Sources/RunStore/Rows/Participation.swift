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

/// How evenly something is divided among clients.
public struct Evenness: Sendable, Hashable, Codable {
    public var mean: Double
    /// The mean over the tenth of the clients, rounded up, that have least.
    public var leastTenth: Double
    /// The standard deviation over the clients.
    public var spread: Double
    /// Jain's index, (Σx)² / (n Σx²): 1 where all have the same, 1 / n where one has all (Jain, Chiu and Hawe 1984, "A
    /// Quantitative Measure of Fairness and Discrimination for Resource Allocation in Shared Computer Systems"). `nil` where
    /// nobody has anything.
    public var jain: Double?

    /// - Parameter shares: one for each client, not negative; at least one.
    public init(_ shares: [Double]) {
        // Sums of the same numbers in the same order.
        let shares = shares.sorted()
        let count = Double(shares.count)
        let least = shares.prefix((shares.count + 9) / 10)
        let sum = shares.reduce(0, +)
        let squares = shares.reduce(0) { $0 + $1 * $1 }
        let mean = sum / count
        self.mean = mean
        leastTenth = least.reduce(0, +) / Double(least.count)
        spread = (shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        jain = squares > 0 ? sum * sum / (count * squares) : nil
    }
}

/// Who takes part in a run.
public struct Participation: Sendable, Hashable, Codable {
    /// All of the population, by their ids.
    public var clients: [ClientParticipation]
    /// How evenly the updates that count are divided.
    public var updates: Evenness
    /// How evenly the examples behind them are.
    public var examples: Evenness
    /// Rows of clients that reported and that the record has not kept: they are not counted here.
    public var missingRows: Int

    /// - Parameter clients: at least one.
    init(_ clients: [ClientParticipation], missingRows: Int) {
        self.clients = clients
        self.missingRows = missingRows
        updates = Evenness(clients.map { Double($0.counted) })
        examples = Evenness(clients.map { Double($0.examples) })
    }
}
