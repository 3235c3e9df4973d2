public import Learning
public import Parameters

/// The server's side of a round's arithmetic (McMahan et al. 2017, Algorithm 1, "Server executes"): the global model and
/// what the strategy remembers beside it, and the updates that are in: their sum, or for a ``RobustRule`` each of them.
public struct GlobalModel: Sendable {
    /// The latest model, `server[vector: "model"]`, and the strategy's state. It knows its digest.
    public private(set) var server: Parts
    /// The examples that all clients together hold.
    public let population: Int
    private let clients: Int
    private let strategy: any Strategy
    private let updateLayout: PartsLayout
    private let addsDifferences: Bool
    private var sum: WeightedSum?
    /// Instead of the sum, where the strategy has a rule that sees all updates.
    private var collected: CollectedUpdates?
    private var contributions: [Aggregate.Contribution] = []
    /// The most examples that the updates of a round can have together: where clients do not wait for each other, one can be
    /// in a round twice.
    private let mostExamples: Int

    /// - Parameters:
    ///   - server: in the strategy's layout.
    ///   - population: the number of examples that all clients together hold; 1 … ``WeightedSum/largestPopulation``.
    ///   - clients: N, the number of clients in the population.
    ///   - evaluation: what clients evaluate.
    ///   - addsDifferences: whether updates have come as what ``Parameters/Parts/subtract(model:)`` makes of them.
    ///   - storage: where updates are until the last has come; only where the strategy has to see all of them.
    public init(
        server: Parts, strategy: any Strategy, population: Int, clients: Int, evaluation: ClientEvaluation = .none,
        addsDifferences: Bool = false,
        storage: @autoclosure () -> any UpdateStorage = UpdatesInMemory()
    ) {
        let model = server.layout.model
        precondition(server.layout == strategy.parts.server(model, clients: clients))
        self.server = server.rememberingDigest()
        self.strategy = strategy
        self.population = population
        self.clients = clients
        self.addsDifferences = addsDifferences
        updateLayout = strategy.parts.update(model, evaluation)
        let times = strategy.asynchrony == nil ? 1 : 2
        mostExamples = population * times
        // How the sum rounds depends on the greatest weight that there can be.
        let greatest = min(
            (strategy.weighting == .examples ? population : clients) * times, WeightedSum.largestPopulation)
        switch strategy.reduction {
        case .mean:
            sum = WeightedSum(layout: updateLayout.combined, population: greatest)
        case .rule(let rule):
            precondition(updateLayout.vectors == ["parameters"])
            collected = CollectedUpdates(rule: rule, storage: storage())
        }
    }

    /// What a run begins with: the initial model, and the strategy's state before the first round.
    ///
    /// - Parameter clients: N, the number of clients in the population.
    public static func begin(_ model: ParameterVector, _ strategy: any Strategy, clients: Int) -> Parts {
        var server = Parts(zerosFor: strategy.parts.server(model.layout, clients: clients))
        server[vector: "model"] = model
        strategy.begin(&server)
        return server
    }

    /// Whether the strategy remembers anything beside the model.
    public var hasState: Bool { strategy.parts.hasServerState }

    /// The latest model.
    public var parameters: ParameterVector { server[vector: "model"] }

    /// What goes out: the model, and what the strategy sends with it.
    public var broadcast: Parts { strategy.broadcast(server) }

    /// The examples behind the updates that are in.
    public private(set) var examples = 0

    /// Checks that an update can be added.
    ///
    /// - Returns: the update as its client meant it: what was sent, unless that is a difference.
    /// - Throws: an ``AggregationError``.
    @discardableResult
    public func check(_ update: Parts, examples: Int) throws(AggregationError) -> Parts {
        guard update.layout == updateLayout else { throw .wrongLayout }
        guard examples > 0, examples <= mostExamples - self.examples else { throw .impossibleCount(examples) }
        _ = try HeldOutResult(update)
        if let number = update.scalars.first(where: { !$0.isFinite }) { throw .notFinite(number) }
        var update = update
        if addsDifferences { update.add(model: parameters.selecting(updateLayout.model)) }
        if let sum {
            try sum.check(update.values, examples: strategy.weighting.weight(examples: examples))
        } else if let value = WeightedSum.firstOutOfRange(update.values) {
            throw .outOfRange(value)
        }
        return update
    }

    /// Takes an update in; the order of the updates changes nothing.
    ///
    /// - Throws: an ``AggregationError``; the update is then not in.
    public mutating func include(
        _ update: Parts, of client: ClientID, examples: Int, staleness: Int = 0
    ) throws(AggregationError) {
        include(checked: try check(update, examples: examples), of: client, examples: examples, staleness: staleness)
    }

    /// Takes in what ``check(_:examples:)`` has answered just now.
    ///
    /// - Parameter staleness: by how many models the one is behind that the client began with.
    public mutating func include(checked update: Parts, of client: ClientID, examples: Int, staleness: Int = 0) {
        let weight = strategy.weighting.weight(examples: examples)
        var update = update
        strategy.receive(&update, server, staleness: staleness)
        sum?.add(checked: update.values, examples: weight)
        collected?.append(update.values, of: client)
        self.examples += examples
        contributions.append(
            .init(client: client, examples: examples, weight: weight, scalars: update.scalars, staleness: staleness))
    }

    /// Makes the next model of the updates that are in.
    ///
    /// - Parameters:
    ///   - rateFactor: what the server's learning rate is multiplied by in this round.
    ///   - root: what the server has trained itself, where the strategy has a root set.
    ///   - threads: carry out the strategy's rule, if it has one.
    /// - Precondition: there is at least one.
    /// - Throws: when updates could not be kept until the last of them, or the task is cancelled.
    public mutating func advance(
        to round: UInt32, rateFactor: Double = 1, root: ParameterVector? = nil, on threads: TrainingThreads
    ) async throws {
        precondition((strategy.rootExamples > 0) == (root != nil))
        contributions.sort { ($0.client, $1.staleness) < ($1.client, $0.staleness) }
        let combined: ParameterVector
        if let collected {
            if let history = collected.rule.history {
                server[table: history] = try collected.remembering(server, in: history)
            }
            combined = try await collected.combined(
                weights: contributions.map(\.weight), server, root: root, on: threads)
        } else {
            combined = sum?.mean() ?? ParameterVector(zerosFor: updateLayout.combined)
        }
        let mean = Parts(layout: updateLayout, values: combined, scalars: updateLayout.scalars.map { _ in 0 })
        let aggregate = Aggregate(mean: mean, contributions: contributions)
        strategy.step(
            &server, aggregate, RoundContext(round: round, clients: clients, rateFactor: rateFactor))
        server = server.rememberingDigest()
        abandonRound()
    }

    /// Forgets the updates that are in.
    public mutating func abandonRound() {
        sum?.reset()
        collected?.removeAll()
        contributions.removeAll(keepingCapacity: true)
        examples = 0
    }
}
