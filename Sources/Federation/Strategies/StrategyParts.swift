public import Parameters

/// What a ``Strategy`` sends and remembers, by name. Every vector has the tensors of the model.
public struct StrategyParts: Sendable, Hashable {
    /// What the server remembers beside the model.
    public var serverVectors: [String]
    public var serverScalars: [String]
    /// Those of ``serverVectors`` that go out with the model.
    public var broadcast: [String]
    /// What an update consists of; at least one vector. The server gets the vectors' mean, and the numbers one by one.
    public var updateVectors: [String]
    public var updateScalars: [String]
    /// What a client remembers; nothing if both are empty.
    public var clientVectors: [String]
    public var clientScalars: [String]
    /// Whether a client needs the loss of the round's model on its own examples before it trains.
    public var needsInitialLoss: Bool

    public init(
        serverVectors: [String] = [], serverScalars: [String] = [], broadcast: [String] = [],
        updateVectors: [String] = ["parameters"], updateScalars: [String] = [], clientVectors: [String] = [],
        clientScalars: [String] = [], needsInitialLoss: Bool = false
    ) {
        precondition(!updateVectors.isEmpty && Set(broadcast).isSubset(of: serverVectors))
        self.serverVectors = serverVectors
        self.serverScalars = serverScalars
        self.broadcast = broadcast
        self.updateVectors = updateVectors
        self.updateScalars = updateScalars
        self.clientVectors = clientVectors
        self.clientScalars = clientScalars
        self.needsInitialLoss = needsInitialLoss
    }

    /// Whether clients remember anything.
    public var hasClientState: Bool { !clientVectors.isEmpty || !clientScalars.isEmpty }

    /// Whether the server remembers anything beside the model.
    public var hasServerState: Bool { !serverVectors.isEmpty || !serverScalars.isEmpty }

    /// Of the model and the server's state.
    public func server(_ model: ParameterLayout) -> PartsLayout {
        PartsLayout(model, vectors: ["model"] + serverVectors, scalars: serverScalars)
    }

    /// Of what goes out in a round.
    public func broadcast(_ model: ParameterLayout) -> PartsLayout {
        PartsLayout(model, vectors: ["model"] + broadcast)
    }

    /// Of an update.
    public func update(_ model: ParameterLayout) -> PartsLayout {
        PartsLayout(model, vectors: updateVectors, scalars: updateScalars)
    }

    /// Of what a client remembers.
    public func client(_ model: ParameterLayout) -> PartsLayout {
        PartsLayout(model, vectors: clientVectors, scalars: clientScalars)
    }
}
