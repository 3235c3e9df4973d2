public import Datasets
public import Federation
public import Learning
public import Settings

/// An experiment, whole: what a scenario file says, checked, with every default filled in.
///
/// A run's result is a function of this, the data and nothing else. ``load(path:)`` reads one from a file;
/// ``reference`` lists the keys with their meaning, range and default.
public struct Scenario: Sendable, Hashable {
    /// What the run is called; the file's name without its ending unless the file says otherwise.
    public var name: String
    /// One sentence on what the experiment shows, or empty.
    public var description: String
    /// The seed under which all random streams of the run lie.
    public var seed: UInt64
    /// The number of rounds, at least 1; fewer are run when ``endingAccuracy`` is reached before.
    public var rounds: Int
    /// How good a model the experiment is after; nil: all that the rounds give.
    public var target: TargetSettings?
    /// How long the run goes on without a better model; nil: as long as there are rounds.
    public var patience: Patience?
    /// K, the number of clients in the population, at least 1.
    public var clients: Int
    /// How many clients must have joined before the first round: 1 ... `clients`.
    public var startingClients: Int
    /// How clients evaluate models on examples of their own.
    public var evaluation: ClientEvaluation
    /// m, the number of clients whose updates a round is to have: 1 ... `clients`.
    public var cohort: Int
    /// How the clients of a round are chosen.
    public var selection: SelectionChoice
    /// How long a round may take.
    public var deadline: DeadlineChoice
    /// How many more clients are selected for a round than it is to have updates of, as a part of the cohort; the first count.
    public var overSelection: Double
    /// The fewest updates that close a round: 1 ... `cohort`.
    public var minimumUpdates: Int
    /// Where the examples come from; never `folder`.
    public var data: DatasetKind
    /// Whether the scenario says so itself, and does not leave it to the default: what is named is not replaced.
    public var namesData: Bool
    /// How the examples are dealt to the clients.
    public var partition: PartitionChoice
    /// The name of the model.
    public var model: String
    /// What the model is trained and evaluated with.
    public var kernels: KernelChoice
    /// How a client trains in a round, but for what ``schedule`` makes of its learning rate.
    public var train: TrainingSettings
    /// Which clients of a round do fewer local epochs than asked, and what becomes of their updates.
    public var partialWork: PartialWork
    /// How the clients' learning rate changes from round to round.
    public var schedule: LearningRateSchedule
    /// How the server's learning rate changes from round to round.
    public var serverSchedule: LearningRateSchedule
    /// How updates become the next global model.
    public var strategy: StrategyChoice
    /// Which clients misbehave, how and when; the behaviours of one client follow one another in this order.
    public var behaviours: [BehaviourRule]
    /// Which clients have which devices; a client has the first that names it.
    public var devices: [DeviceRule]
    /// The time of day at which the run begins, for devices that are on at certain hours.
    public var startTime: TimeOfDay
    /// The codec and the deadlines.
    public var network: NetworkSettings
    /// How many models between the first and the latest stay in the record.
    public var keepModels: Kept
    /// Of how many of the latest rounds the rows of clients that reported stay in the record; at least 1.
    public var keepClientRounds: Kept
    /// Whether all updates stay in the record.
    public var keepUpdates: Bool
    /// Bytes of a round's updates that stay in memory where the strategy has to see all of them; the others are in a file
    /// beside the record.
    public var updateMemory: Int
    /// The file as it was written; it goes into the record of the run.
    public var text: String

    public init(
        name: String, description: String = "", seed: UInt64 = 1, rounds: Int, target: TargetSettings? = nil,
        patience: Patience? = nil, clients: Int, startingClients: Int? = nil, evaluation: ClientEvaluation = .none,
        cohort: Int,
        selection: SelectionChoice = .uniform, deadline: DeadlineChoice = .fixed, overSelection: Double = 0,
        minimumUpdates: Int,
        data: DatasetKind = .mnist, namesData: Bool = false,
        partition: PartitionChoice = .iid, model: String = "cnn", kernels: KernelChoice = .fused,
        train: TrainingSettings, partialWork: PartialWork = .none, schedule: LearningRateSchedule = .constant,
        serverSchedule: LearningRateSchedule = .constant,
        strategy: StrategyChoice = .fedavg, behaviours: [BehaviourRule] = [], devices: [DeviceRule] = [],
        startTime: TimeOfDay = .midnight,
        network: NetworkSettings = NetworkSettings(),
        keepModels: Kept = .upTo(10), keepClientRounds: Kept = .all, keepUpdates: Bool = false,
        updateMemory: Int = 512 << 20, text: String = ""
    ) {
        self.name = name
        self.description = description
        self.seed = seed
        self.rounds = rounds
        self.target = target
        self.patience = patience
        self.clients = clients
        self.startingClients = startingClients ?? clients
        self.evaluation = evaluation
        self.cohort = cohort
        self.selection = selection
        self.deadline = deadline
        self.overSelection = overSelection
        self.minimumUpdates = minimumUpdates
        self.data = data
        self.namesData = namesData
        self.partition = partition
        self.model = model
        self.kernels = kernels
        self.train = train
        self.partialWork = partialWork
        self.schedule = schedule
        self.serverSchedule = serverSchedule
        self.strategy = strategy
        self.behaviours = behaviours
        self.devices = devices
        self.startTime = startTime
        self.network = network
        self.keepModels = keepModels
        self.keepClientRounds = keepClientRounds
        self.keepUpdates = keepUpdates
        self.updateMemory = updateMemory
        self.text = text
    }

    /// The test accuracy that ends the run with the first round that reaches it; nil: nothing but the rounds does.
    public var endingAccuracy: Double? { target.flatMap { $0.stops ? $0.accuracy : nil } }

    /// The model, for data that are not loaded yet.
    public var expectedModel: ModelDefinition? { ModelArchitecture.named(model)?.expectedModel(for: data) }

    /// How clients train that do not wait for each other; nil: in rounds.
    public var asynchrony: Asynchrony? { strategy.make().asynchrony }

    /// What the server's learning rate is multiplied by in a round.
    public func serverRateFactor(in round: UInt32) -> Double { serverSchedule.factor(in: round, of: rounds) }

    /// The number of clients selected for a round: the cohort, and what is selected over it.
    public var selected: Int { min(clients, Int((Double(cohort) * (1 + overSelection)).rounded())) }

    /// The device of each client.
    public var fleet: DeviceFleet { DeviceFleet(devices, population: clients, seed: seed, beginning: startTime) }

    /// What to tell of devices in a run in one process whose time is this machine's; `nil` if there are none.
    public var ignoredDevices: String? {
        devices.isEmpty
            ? nil
            : "the scenario's devices and links do nothing in one process: all are as fast as this machine, and always there "
                + "(--virtual simulates their time; without --in-process they are kept to it)"
    }

    /// The clients of a cohort that do partial work in a round, each with its number of local epochs.
    public func partialWork(of cohort: [ClientID], in round: UInt32) -> [ClientID: Int] {
        partialWork.epochs(of: cohort, in: round, localEpochs: train.localEpochs, seed: seed)
    }
}

extension Scenario {
    /// How a client trains in a round.
    ///
    /// - Parameter epochs: that it does; nil: what it is asked for.
    public func training(in round: UInt32, epochs: Int? = nil) -> TrainingSettings {
        var settings = train
        if let epochs { settings.localEpochs = epochs }
        let factor = schedule.factor(in: round, of: rounds)
        if factor != 1 {
            let rate = Double(settings.optimizer.learningRate) * factor
            settings.optimizer.learningRate = Float(max(TrainingSettings.leastLearningRate, rate))
        }
        return settings
    }
}
