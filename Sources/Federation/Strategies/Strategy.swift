public import Learning
public import Parameters
public import Settings

/// A federated method, both sides of it: what a client corrects and sends, and how the updates of a round become the next
/// global model. One file for each, which reads like its paper.
///
/// A strategy has no state of its own: what the server and the clients remember from round to round are ``Parts`` that it
/// declares and is handed. So a run that is resumed, replayed or verified needs nothing but the record.
///
/// <doc:AddingAMethod> walks through writing one.
public protocol Strategy: Configurable {
    /// What it does, in a line.
    static var summary: String { get }
    /// The paper: authors, title, year, and the place in it.
    static var citation: String { get }
    /// Whether it is there to withstand clients that attack.
    static var isDefence: Bool { get }

    /// What it sends and remembers.
    var parts: StrategyParts { get }
    /// What an update counts in the mean.
    var weighting: Weighting { get }
    /// How the updates of a round become one: their mean, unless the strategy has a ``RobustRule``.
    var reduction: Reduction { get }

    /// How many training examples the server trains on itself in each round: its root set; 0 if on none. What comes of it is a
    /// point beside the updates for a ``RobustRule``: ``UpdateGeometry/anchor``.
    var rootExamples: Int { get }

    /// How clients train that do not wait for each other; `nil`: in rounds.
    var asynchrony: Asynchrony? { get }

    /// Why it does not go with these settings of the local training, as the end of a sentence that begins with its name; `nil`
    /// if it does.
    func obstacle(to training: TrainingSettings) -> String?

    /// Why so few updates in a round do not do, as the end of a sentence that begins with its name; `nil` if they do.
    func obstacle(toUpdates count: Int) -> String?

    // MARK: The server's side

    /// Fills what the server remembers before the first round, where it does not begin with zeros.
    func begin(_ server: inout Parts)

    /// Changes an update that has come, before it counts.
    ///
    /// - Parameters:
    ///   - server: the model that the round began with, and the state.
    ///   - staleness: τ, by how many models the one is behind that the client began with.
    func receive(_ update: inout Parts, _ server: Parts, staleness: Int)

    /// Makes the next global model, `server[vector: "model"]`, and the next state beside it.
    ///
    /// - Parameters:
    ///   - server: the model that the round began with, and the state.
    ///   - aggregate: of the round's updates; there is at least one.
    func step(_ server: inout Parts, _ aggregate: Aggregate, _ round: RoundContext)

    // MARK: The client's side

    /// What is added to the gradient of each step of the local training.
    ///
    /// - Parameters:
    ///   - broadcast: the round's model, `broadcast[vector: "model"]`, and what was sent with it.
    ///   - client: what the client remembers.
    func correction(_ broadcast: Parts, _ client: Parts) -> GradientCorrection

    /// Fills what a client remembers before it takes part for the first time, where it does not begin with zeros; so begins one
    /// whose memory is lost, too.
    ///
    /// - Parameter initial: the model that the run began with, whole; the same for all clients.
    func begin(client: inout Parts, initial: ParameterVector)

    /// What a client trains: the round's model with ``correction(_:_:)``, unless the strategy has more in mind.
    ///
    /// - Parameters:
    ///   - broadcast: the round's model, and what was sent with it.
    ///   - client: what the client remembers.
    ///   - model: the tensors of the whole model.
    func plan(_ broadcast: Parts, _ client: Parts, of model: ParameterLayout) -> LocalPlan

    /// Makes the update of what was trained, and what the client remembers.
    ///
    /// - Parameters:
    ///   - update: zeros; to be filled.
    ///   - client: to be changed; it counts only if the update does.
    func finish(_ training: LocalTraining, _ broadcast: Parts, update: inout Parts, client: inout Parts)
}

extension Strategy {
    public static var isDefence: Bool { false }
    public var rootExamples: Int { 0 }
    public var asynchrony: Asynchrony? { nil }

    public var reduction: Reduction { .mean }

    public func obstacle(to training: TrainingSettings) -> String? { nil }

    public func obstacle(toUpdates count: Int) -> String? { nil }

    public func receive(_ update: inout Parts, _ server: Parts, staleness: Int) {}

    public func begin(_ server: inout Parts) {}

    /// What goes out: the model, and what the strategy sends with it.
    public func broadcast(_ server: Parts) -> Parts {
        let layout = parts.broadcast(server.layout.model)
        return layout == server.layout ? server : server.selecting(layout).rememberingDigest()
    }

    public func correction(_ broadcast: Parts, _ client: Parts) -> GradientCorrection { .none }

    public func begin(client: inout Parts, initial: ParameterVector) {}

    public func plan(_ broadcast: Parts, _ client: Parts, of model: ParameterLayout) -> LocalPlan {
        LocalPlan(
            start: broadcast[vector: "model"], phases: [LocalPlan.Phase(correction: correction(broadcast, client))])
    }

    public func finish(_ training: LocalTraining, _ broadcast: Parts, update: inout Parts, client: inout Parts) {
        update[vector: "parameters"] = training.model
    }
}
