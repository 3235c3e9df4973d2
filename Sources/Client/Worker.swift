public import Datasets
import Diagnostics
import Learning
public import Logging
import Synchronization
import Transport
import Wire

/// A worker process: hosts clients on one connection, trains them when they are invited, and comes back when the
/// connection is lost.
public final class Worker: Sendable {
    /// What a worker prepares once and keeps from one connection to the next.
    struct Preparation: Sendable {
        let welcome: Welcome
        let training: ClientTraining
        let threads: TrainingThreads
    }

    let settings: WorkerSettings
    let logger: Logger
    /// The same for all connections of this process, so that the coordinator knows it again.
    let id = WireIdentifier.random()
    private let ownShard: LocalShard?
    private let datasetFolder: String?
    private let preparation = Mutex<Preparation?>(nil)
    private let loadDataset: @Sendable (DatasetRequest) async throws -> Dataset

    /// - Parameter loadDataset: finds the data set that a run names.
    /// - Throws: a ``Problem`` when the folder of the client's own examples cannot be read, or more than one client
    ///   would have them.
    public init(
        settings: WorkerSettings, logger: Logger,
        loadDataset: @escaping @Sendable (DatasetRequest) async throws -> Dataset = { try await Dataset.load($0) }
    ) async throws {
        self.settings = settings
        self.logger = logger
        self.loadDataset = loadDataset
        if let folder = settings.dataFolder, !Dataset.isComplete(folder: folder) {
            switch settings.hosting {
            case .count(1): break
            case .clients(let clients) where clients.count == 1: break
            default:
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
    ///   have this worker.
    public func run() async throws -> Farewell {
        var backoff = Backoff()
        var lastContact = ContinuousClock.now
        while true {
            let visit = WorkerVisit(worker: self)
            let reason: String
            do {
                return try await visit.run()
            } catch let refusal as CoordinatorRefusal {
                guard refusal.isPassing else { throw refusal.problem(at: "\(settings.coordinator)") }
                reason = refusal.message.text
            } catch let problem as Problem {
                throw problem
            } catch let error as WireError where error.code == .dataMismatch || error.code == .cannotTakePart {
                throw Problem(.data, error.text, at: "\(settings.coordinator)", remedy: error.remedy)
            } catch let error as WireError {
                reason = error.text
            } catch {
                try Task.checkCancellation()
                reason = ConnectionTrouble.describe(error)
            }
            try Task.checkCancellation()
            if visit.wasWelcome {
                lastContact = .now
                backoff.reset()
            }
            guard ContinuousClock.now - lastContact < settings.retryFor else {
                throw Problem(
                    .unavailable, "no coordinator to work for: \(reason)", at: "\(settings.coordinator)",
                    remedy: "start fed-coordinator there, or try for longer with --retry-for")
            }
            let wait = backoff.wait()
            logger.warning(
                "connection lost, trying again",
                metadata: ["coordinator": "\(settings.coordinator)", "reason": "\(reason)", "in": "\(wait.formatted)"])
            try await Task.sleep(for: wait)
        }
    }

    /// Whether the clients' examples are their own.
    var hasOwnData: Bool { ownShard != nil }

    /// Makes ready what the greeting asks for; what is there from an earlier connection is used again.
    func prepare(for welcome: Welcome) async throws -> Preparation {
        if let earlier = preparation.withLock({ $0 }), earlier.welcome.describesSameWork(as: welcome) { return earlier }
        guard let model = ModelDefinition.named(welcome.model), model.layout == welcome.layout else {
            throw WireError(.cannotTakePart, "this worker has no model \"\(welcome.model)\" with the run's tensors")
        }
        let data: HostedData =
            if let ownShard {
                .own(ownShard)
            } else {
                try await HostedData.load(for: welcome, folder: datasetFolder, loadDataset)
            }
        try data.check(for: model)
        let kernels = welcome.kernels.kernels
        if let slowness = kernels.slowness {
            logger.warning("\(slowness)")
        }
        let prepared = Preparation(
            welcome: welcome, training: ClientTraining(model: model, seed: welcome.seed, data: data),
            threads: TrainingThreads(count: settings.threads, model: model, kernels: kernels))
        preparation.withLock { $0 = prepared }
        return prepared
    }
}

/// How a coordinator took its leave.
public struct Farewell: Sendable, Hashable {
    /// Whether the run came to its end.
    public let isFinished: Bool
    public let text: String
}

extension Welcome {
    /// Whether data and model for the other greeting serve this one.
    fileprivate func describesSameWork(as other: Welcome) -> Bool {
        datasetDigest == other.datasetDigest && partition == other.partition && population == other.population
            && seed == other.seed && model == other.model && kernels == other.kernels && layout == other.layout
    }
}

extension Duration {
    /// For people, for example `0.2 s`.
    fileprivate var formatted: String {
        let tenths = Int((self / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
