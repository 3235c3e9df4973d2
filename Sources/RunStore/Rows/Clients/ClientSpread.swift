/// How something is divided among clients, each of which counts once: how good a model is for them, or how often they are heard.
public struct ClientSpread: Sendable, Hashable, Codable {
    /// How many clients.
    public var clients: Int
    /// The mean over the clients; of accuracies 0 to 1.
    public var mean: Double
    /// The mean over the tenth of the clients, rounded up, that have least (Li et al. 2020, "Fair Resource Allocation in Federated
    /// Learning", Section 4).
    public var worstTenth: Double
    /// The standard deviation over the clients.
    public var spread: Double
    /// Jain's index, (Σx)² / (n Σx²): 1 where all have the same, 1 / n where one has all (Jain, Chiu and Hawe 1984, "A
    /// Quantitative Measure of Fairness and Discrimination for Resource Allocation in Shared Computer Systems"). `nil` where
    /// nobody has anything.
    public var jain: Double?

    /// - Parameter values: one for each client, not negative; `nil` comes of none.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let count = Double(sorted.count)
        let worst = sorted.prefix((sorted.count + 9) / 10)
        let mean = sorted.reduce(0, +) / count
        let variance = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        clients = sorted.count
        self.mean = mean
        worstTenth = worst.reduce(0, +) / Double(worst.count)
        spread = variance.squareRoot()
        // Σx² / n is mean² + variance.
        jain = mean > 0 ? mean * mean / (mean * mean + variance) : nil
    }
}
