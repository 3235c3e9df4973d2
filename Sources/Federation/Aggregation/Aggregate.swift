public import Parameters

/// What the updates of a round come to.
public struct Aggregate: Sendable {
    /// What one client added beside its vectors.
    public struct Contribution: Sendable, Hashable {
        public let client: ClientID
        /// nₖ, its examples.
        public let examples: Int
        /// What it counts in ``Aggregate/mean``.
        public let weight: Int
        /// Its update's numbers, in the order of ``StrategyParts/updateScalars``.
        public let scalars: [Double]
        /// τ, by how many models the one is behind that it began with.
        public let staleness: Int

        public init(client: ClientID, examples: Int, weight: Int, scalars: [Double], staleness: Int = 0) {
            self.client = client
            self.examples = examples
            self.weight = weight
            self.scalars = scalars
            self.staleness = staleness
        }
    }

    /// The weighted mean of the updates' vectors, or what the strategy's ``RobustRule`` makes of them; its numbers are zeros.
    public let mean: Parts
    /// In the order of client ids, those of one client the older first; at least one. Sums over it are the same for every order of arrival.
    public let contributions: [Contribution]

    public init(mean: Parts, contributions: [Contribution]) {
        precondition(!contributions.isEmpty)
        self.mean = mean
        self.contributions = contributions
    }

    /// |S|, the number of updates.
    public var count: Int { contributions.count }

    /// The weights of all updates together.
    public var weight: Int { contributions.reduce(0) { $0 + $1.weight } }

    /// The mean of a number of the updates, weighted as ``mean`` is.
    public func mean(scalar name: String) -> Double {
        sum(scalar: name) { Double($0.weight) } / Double(weight)
    }

    /// Σ factor · number over the updates.
    public func sum(scalar name: String, times factor: (Contribution) -> Double = { _ in 1 }) -> Double {
        guard let place = mean.layout.scalars.firstIndex(of: name) else {
            preconditionFailure("the updates have no number \"\(name)\"")
        }
        return contributions.reduce(0) { $0 + factor($1) * $1.scalars[place] }
    }
}
