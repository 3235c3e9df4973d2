import Client
public import Datasets
import Diagnostics
import Federation
import Learning
public import Logging
import Synchronization
import Transport
import Wire

/// A worker process: hosts clients on one connection or several, each a ``Worker`` of its own to the coordinator.
///
/// What takes memory belongs to the process and is shared by its connections: the data, the threads that train, the places
/// for trainings under way, the round's model, and what was trained and may have to be sent again. So its memory grows with
/// what trains at the moment, and next to nothing with the number of connections or clients.
public final class WorkerHost: Sendable {
    /// What a process prepares once and keeps from one connection to the next.
    struct Preparation: Sendable {
        let welcome: Welcome
        let training: ClientTraining
        let threads: TrainingThreads
        /// Only where clients remember something.
        let states: ClientStates?
    }

    /// How many connections are opened at once, far fewer than a listener lets wait.
    static let concurrentConnects = 64
    /// How many connections receive a model at once: enough for one that stands still to hold up no other.
    static let concurrentModels = 8

    let settings: WorkerSettings
    let logger: Logger
    /// Clients that train or wait to be sent: each holds a model in memory.
    let inFlight: Slots
    /// Of trainings that are to take as long as a client's device does.
    let trainingRate = TrainingRate()
    let connecting = Slots(concurrentConnects)
    let receiving = Slots(concurrentModels)
    let readAhead = ReadAhead(concurrentModels)
    let models = SharedModels()
    let interruptedModels = InterruptedModels(capacity: concurrentModels)
    let keptUpdates: KeptUpdates
    private let ownShard: LocalShard?
    private let datasetFolder: String?
    /// One connection prepares, and the others find what it has prepared.
    private let preparing = Slots(1)
    private let preparation = Mutex<Preparation?>(nil)
    private let loadDataset: @Sendable (DatasetRequest) async throws -> Dataset

    /// - Parameter loadDataset: finds the data set that a run names.
    /// - Throws: a ``Problem`` when the folder of the client's own examples cannot be read, or more than one client
    ///   would have them, or the clients cannot be divided among the connections.
    public init(
        settings: WorkerSettings, logger: Logger,
        loadDataset: @escaping @Sendable (DatasetRequest) async throws -> Dataset = { try await Dataset.load($0) }
    ) async throws {
        try settings.check()
        self.settings = settings
        self.logger = logger
        self.loadDataset = loadDataset
        inFlight = Slots(settings.threads + 2)
        keptUpdates = KeptUpdates(count: settings.threads + 2)
        if let folder = settings.dataFolder, !Dataset.isComplete(folder: folder) {
            guard settings.hostsOneClient else {
                throw Problem(
                    .usage, "the examples in \(folder) are one client's, but more than one client is to be hosted",
                    remedy: "name the client with --client-id, or give a folder with all four files of the data set")
            }
            ownShard = try await LocalShard.load(folder: folder)
            datasetFolder = nil
        } else {
            ownShard = nil
            datasetFolder = settings.dataFolder
        }
    }

    /// Takes part until the run is over.
    ///
    /// - Returns: how the coordinator took its leave.
    /// - Throws: a ``Problem`` when the coordinator cannot be reached for ``WorkerSettings/retryFor``, or will not
    ///   have one of the connections.
    public func run() async throws -> WorkerOutcome {
        try await withThrowingTaskGroup(of: Worker.Ending.self) { group in
            defer { group.cancelAll() }
            for number in 0..<settings.connections {
                group.addTask { try await Worker(host: self, number: number).run() }
            }
            var first: WorkerOutcome?
            var isFinished = true
            while let ending = try await group.next() {
                switch ending {
                case .over(let outcome):
                    first = first ?? outcome
                    isFinished = isFinished && outcome.isFinished
                case .divided(let clients):
                    for client in clients {
                        group.addTask { try await Worker(host: self, client: client).run() }
                    }
                }
            }
            guard let first else { throw CancellationError() }
            return WorkerOutcome(isFinished: isFinished, text: first.text)
        }
    }

    /// Whether the clients' examples are their own.
    var hasOwnData: Bool { ownShard != nil }

    /// Whether the process holds the global model of a round now.
    package var holdsModel: Bool { models.isHeld }

    /// A connection was welcomed to the run; what is kept of another one is of no use.
    func greeted(_ run: WireIdentifier) {
        keptUpdates.greeted(run)
        interruptedModels.greeted(run)
    }

    /// The run has come to its end: nobody will ask for what its clients remember.
    func finished() {
        preparation.withLock { $0 }?.states?.removeAll()
    }

    /// The model of this round comes on some connection.
    func opened(_ round: UInt32) {
        keptUpdates.opened(round)
        interruptedModels.opened(round)
    }

    /// The coordinator has told some connection that the round needs nothing more.
    func closed(_ round: UInt32) {
        keptUpdates.closed(round)
        interruptedModels.closed(round)
    }

    /// Makes ready what the greeting asks for; what is there from an earlier connection, or another one, is used again.
    func prepare(for welcome: Welcome) async throws -> Preparation {
        try await preparing.withSlot {
            if let earlier = preparation.withLock({ $0 }), earlier.welcome.describesSameWork(as: welcome) {
                return earlier
            }
            let prepared = try await make(welcome)
            preparation.withLock { $0 = prepared }
            return prepared
        }
    }

    private func make(_ welcome: Welcome) async throws -> Preparation {
        guard let architecture = ModelArchitecture.named(welcome.model) else {
            throw WireError(.cannotTakePart, "this worker has no model \"\(welcome.model)\"")
        }
        let data: HostedData =
            if let ownShard {
                .own(
                    try ownShard.of(classes: Int(welcome.classes)), holdout: welcome.evaluation.holdout,
                    seed: welcome.seed)
            } else {
                try await HostedData.load(for: welcome, folder: datasetFolder, loadDataset)
            }
        // By what the data have, not by what the greeting says of them: training relies on it.
        guard let model = architecture.model(for: data.examples), model.layout == welcome.layout else {
            throw WireError(
                .cannotTakePart,
                "for images of \(data.examples.shape.text) in \(data.examples.classes) classes, which this worker has, its "
                    + "model \"\(welcome.model)\" has not the run's tensors")
        }
        let kernels = welcome.kernels.kernels
        if let slowness = kernels.slowness {
            logger.warning("\(slowness)")
        }
        let strategy = welcome.strategy.make()
        if let obstacle = strategy.parts.personal.obstacle(with: model.layout) {
            throw WireError(.cannotTakePart, "\(welcome.strategy.name) \(obstacle)")
        }
        return Preparation(
            welcome: welcome,
            training: ClientTraining(
                model: model, seed: welcome.seed, data: data, strategy: strategy, evaluation: welcome.evaluation),
            threads: TrainingThreads(count: settings.threads, model: model, kernels: kernels),
            states: strategy.parts.hasClientState
                ? ClientStates(root: settings.stateFolder, run: welcome.run) : nil)
    }
}

extension Welcome {
    /// Whether data and model for the other greeting serve this one.
    fileprivate func describesSameWork(as other: Welcome) -> Bool {
        datasetDigest == other.datasetDigest && partition == other.partition && population == other.population
            && seed == other.seed && strategy == other.strategy && run == other.run && model == other.model
            && kernels == other.kernels && evaluation == other.evaluation && layout == other.layout
    }
}
