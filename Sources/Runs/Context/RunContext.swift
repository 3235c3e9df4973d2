public import Datasets
import Diagnostics
public import Federation
public import Learning
public import Parameters
public import RunStore
public import Scenarios
import Wire

/// A scenario with what it names: the data, dealt, and the model.
public struct RunContext: Sendable {
    public let scenario: Scenario
    public let dataset: Dataset
    public let model: ModelDefinition
    /// What each client trains on.
    public let partition: Partition
    /// What each client holds out from that to evaluate models on; `nil` where clients evaluate nothing.
    public let heldOut: Partition?
    /// What the server evaluates models on beside the test examples; `nil` where all examples are dealt.
    public let validation: ExampleSet?
    /// What clients and server do with a model and its updates.
    public let strategy: any Strategy
    /// What of earlier rounds stays in the record.
    public let retention: Retention
    /// The device of each client.
    public let fleet: DeviceFleet
    /// The clients that misbehave, if there are any.
    public let misbehaving: MisbehavingClients
    /// What shows whether attacks succeed.
    let trials: [AttackTrial]

    /// - Throws: a ``Problem`` when the partition cannot be dealt from these data.
    public init(scenario: Scenario, dataset: Dataset) throws {
        guard let architecture = ModelArchitecture.named(scenario.model) else {
            throw Problem(.data, "there is no model \"\(scenario.model)\"", at: scenario.name)
        }
        let model = try architecture.model(for: dataset)
        self.scenario = scenario
        self.dataset = dataset
        self.model = model
        strategy = scenario.strategy.make()
        retention = Retention(
            modelStride: scenario.keepModels.stride(rounds: scenario.rounds),
            clientRounds: scenario.keepClientRounds.limit,
            modelsInUse: strategy.asynchrony?.maximumStaleness ?? 0)
        fleet = scenario.fleet
        misbehaving = MisbehavingClients(
            scenario.behaviours, population: scenario.clients, seed: scenario.seed)
        trials = scenario.behaviours.enumerated().compactMap { place, rule in
            rule.choice.make().trial(dataset.test).map { AttackTrial(place: place, examples: $0) }
        }
        let dealt = try scenario.partition.deal(dataset.train, clients: scenario.clients, seed: scenario.seed)
        validation = dealt.keptBack.isEmpty ? nil : dataset.train.selection(dealt.keptBack)
        (partition, heldOut) = dealt.holdingOut(scenario.evaluation.holdout, seed: scenario.seed)
    }

    /// The parts of the run's updates.
    public var updateLayout: PartsLayout { strategy.parts.update(model.layout, scenario.evaluation) }

    /// The parts of what a client remembers.
    public var stateLayout: PartsLayout { strategy.parts.client(model.layout) }

    /// Whether updates come as differences from the model.
    public var receivesDifferences: Bool { !scenario.network.upload.codec.isCanonical }

    /// The parts of the global model and the server's state.
    public var serverLayout: PartsLayout { strategy.parts.server(model.layout, clients: scenario.clients) }

    /// What the server begins with: the initial model, and the strategy's state before the first round.
    public var initialServer: Parts {
        GlobalModel.begin(model.initialParameters(seed: scenario.seed), strategy, clients: scenario.clients)
    }
}
