public import Parameters

/// The server's side of a round's arithmetic (McMahan et al. 2017, Algorithm 1, "Server executes"): the global model, the
/// sum of the updates that are in, and the strategy that makes the next model of both.
public struct GlobalModel: Sendable {
    /// The latest model; it knows its digest.
    public private(set) var parameters: ParameterVector
    private var strategy: any Strategy
    private var sum: WeightedSum
    /// The examples that all clients together hold.
    public let population: Int

    /// - Parameters:
    ///   - population: the number of examples that all clients together hold; 1 … ``WeightedSum/largestPopulation``.
    public init(parameters: ParameterVector, strategy: any Strategy, population: Int) {
        self.parameters = parameters.rememberingDigest()
        self.strategy = strategy
        self.population = population
        sum = WeightedSum(layout: parameters.layout, population: population)
    }

    /// The examples behind the updates that are in.
    public var examples: Int { sum.examples }

    /// Checks that an update can be added.
    ///
    /// - Throws: an ``AggregationError``.
    public func check(_ update: ParameterVector, examples: Int) throws(AggregationError) {
        try sum.check(update, examples: examples)
    }

    /// Adds an update; the order of the updates changes nothing.
    ///
    /// - Throws: an ``AggregationError``; the update is then not in.
    public mutating func include(_ update: ParameterVector, examples: Int) throws(AggregationError) {
        try sum.add(update, examples: examples)
    }

    /// Adds an update that ``check(_:examples:)`` has let through just now.
    public mutating func include(checked update: ParameterVector, examples: Int) {
        sum.add(checked: update, examples: examples)
    }

    /// Makes the next model of the updates that are in.
    ///
    /// - Precondition: there is at least one.
    public mutating func advance() {
        parameters = strategy.step(global: parameters, mean: sum.mean()).rememberingDigest()
        sum.reset()
    }

    /// Forgets the updates that are in.
    public mutating func abandonRound() {
        sum.reset()
    }
}
