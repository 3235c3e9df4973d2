public import Federation

/// How often a client was asked for an update, what became of it, and how good models are for it.
public struct ClientParticipation: Sendable, Hashable, Codable {
    public var client: ClientID
    /// In how many rounds.
    public var asked: Int
    /// How many of its updates are part of a model.
    public var counted: Int
    /// The examples behind these, in each round again.
    public var examples: Int64
    /// Its part of all updates that count, and of the examples behind them, 0 to 1; `nil` where there are none.
    public var updateShare: Double?
    public var exampleShare: Double?
    /// How long it trained for them, on average.
    public var trainSeconds: Double?
    /// How often there was no update, by reason.
    public var failures: [String: Int]
    /// The accuracy of the global model on the examples that it holds out, in the last round in which it evaluated it; `nil` if
    /// it never did.
    public var globalAccuracy: Double?
    /// The same of its own model.
    public var personalAccuracy: Double?
    /// The device that the scenario gives it; `nil` where it gives none.
    public var device: String?

    /// A client that has not been asked yet.
    init(_ client: ClientID) {
        self.client = client
        asked = 0
        counted = 0
        examples = 0
        failures = [:]
    }
}
