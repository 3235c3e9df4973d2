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
