import Federation

/// How good a model is for the clients, each on the examples that it holds out: every client counts once.
public struct AccuracySpread: Sendable, Hashable, Codable {
    /// How many clients.
    public var clients: Int
    /// The mean of their accuracies, 0 to 1.
    public var mean: Double
    /// The mean over the tenth of the clients, rounded up, for which it is worst (Li et al. 2020, "Fair Resource Allocation in
    /// Federated Learning", Section 4).
    public var worstTenth: Double
    /// The standard deviation over the clients.
    public var spread: Double

    /// - Parameter accuracies: one for each client; `nil` comes of none.
    public init?(_ accuracies: [Double]) {
        guard !accuracies.isEmpty else { return nil }
        let sorted = accuracies.sorted()
        let worst = sorted.prefix((sorted.count + 9) / 10)
        let mean = sorted.reduce(0, +) / Double(sorted.count)
        clients = sorted.count
        self.mean = mean
        worstTenth = worst.reduce(0, +) / Double(worst.count)
        spread = (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sorted.count)).squareRoot()
    }
}

/// What clients found on the examples that they hold out.
public struct HeldOutAccuracy: Sendable, Hashable, Codable {
    /// Of the models that their rounds began with; `nil` where layers of these are the clients' own.
    public var global: AccuracySpread?
    /// Of their own models; `nil` where they have none.
    public var personal: AccuracySpread?

    /// - Returns: `nil` if none of the clients holds examples out.
    public init?(_ clients: [ClientRoundRecord]) {
        let found = clients.compactMap(\.heldOut)
        guard !found.isEmpty else { return nil }
        global = AccuracySpread(found.compactMap(\.globalAccuracy))
        personal = AccuracySpread(found.compactMap(\.personalAccuracy))
    }
}

/// A ``HeldOutAccuracy`` with the round that it belongs to.
public struct RoundHeldOutAccuracy: Sendable, Hashable, Codable {
    public var round: Int
    public var accuracy: HeldOutAccuracy
}
