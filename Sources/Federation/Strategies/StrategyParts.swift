public import Parameters

/// What a ``Strategy`` sends and remembers, by name. Every vector has the tensors of the model,
/// but for layers that are the clients' own: what is sent does not have those, and what a client remembers has nothing else.
public struct StrategyParts: Sendable, Hashable {
    /// What the server remembers beside the model.
    public var serverVectors: [String]
    public var serverScalars: [String]
    /// What the server remembers of each client: tables with a row for each, of the values that the model's output layer has.
    public var serverTables: [String]
    /// Those of ``serverVectors`` that go out with the model.
    public var broadcast: [String]
    /// What an update consists of; at least one vector. The server gets the vectors' mean, and the numbers one by one.
    public var updateVectors: [String]
    public var updateScalars: [String]
    /// What a client remembers; nothing if both are empty.
    public var clientVectors: [String]
    public var clientScalars: [String]
    /// Whether clients have models of their own.
    public var personal: PersonalModel
    /// Whether a client needs the loss of the round's model on its own examples before it trains.
    public var needsInitialLoss: Bool

    public init(
        serverVectors: [String] = [], serverScalars: [String] = [], serverTables: [String] = [],
        broadcast: [String] = [],
        updateVectors: [String] = ["parameters"], updateScalars: [String] = [], clientVectors: [String] = [],
        clientScalars: [String] = [], personal: PersonalModel = .none, needsInitialLoss: Bool = false
    ) {
        precondition(!updateVectors.isEmpty && Set(broadcast).isSubset(of: serverVectors))
        self.serverVectors = serverVectors
        self.serverScalars = serverScalars
        self.serverTables = serverTables
        self.broadcast = broadcast
        self.updateVectors = updateVectors
        self.updateScalars = updateScalars
        self.clientVectors = clientVectors
        self.clientScalars = clientScalars
        self.personal = personal
        self.needsInitialLoss = needsInitialLoss
    }

    /// Whether clients remember anything.
    public var hasClientState: Bool { !clientVectors.isEmpty || !clientScalars.isEmpty }

    /// Whether the server remembers anything beside the model.
    public var hasServerState: Bool { !serverVectors.isEmpty || !serverScalars.isEmpty || !serverTables.isEmpty }

    /// Whether clients have models of their own.
    public var hasPersonalModel: Bool { personal != .none }

    /// Whether the global model is whole: no layer of it is the clients' own.
    public var sharesWholeModel: Bool { if case .layers = personal { false } else { true } }

    /// The tensors of a model that are shared.
    public func shared(_ model: ParameterLayout) -> ParameterLayout {
        sharesWholeModel ? model : model.filter { !personal.includes($0, of: model) }
    }

    /// Of the model and the server's state.
    ///
    /// - Parameter clients: N, the number of clients in the population.
    public func server(_ model: ParameterLayout, clients: Int) -> PartsLayout {
        PartsLayout(
            model, vectors: ["model"] + serverVectors, scalars: serverScalars,
            tables: serverTables.map {
                .init(name: $0, rows: clients, columns: Self.outputLayer(of: model).count)
            })
    }

    /// Where the values of a model's last layer are.
    static func outputLayer(of model: ParameterLayout) -> Range<Int> {
        guard let last = model.tensors.last,
            let first = model.tensors.first(where: { $0.layer == last.layer })
        else { return 0..<0 }
        return first.range.lowerBound..<last.range.upperBound
    }

    /// Of what goes out in a round.
    public func broadcast(_ model: ParameterLayout) -> PartsLayout {
        PartsLayout(shared(model), vectors: ["model"] + broadcast)
    }

    /// Of an update.
    ///
    /// - Parameter evaluation: what clients evaluate: its result is part of their updates.
    public func update(_ model: ParameterLayout, _ evaluation: ClientEvaluation = .none) -> PartsLayout {
        PartsLayout(
            shared(model), vectors: updateVectors, scalars: updateScalars + HeldOutResult.scalars(evaluation, self))
    }

    /// Of what a client remembers.
    public func client(_ model: ParameterLayout) -> PartsLayout {
        PartsLayout(
            sharesWholeModel ? model : model.filter { personal.includes($0, of: model) }, vectors: clientVectors,
            scalars: clientScalars)
    }
}
