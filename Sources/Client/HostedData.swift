public import Datasets
public import Federation
public import Learning
import Parameters
import Wire

/// The examples of the clients that a worker hosts: views of one data set that all share, or one client's own.
public enum HostedData: Sendable {
    /// - Parameters:
    ///   - training: what each client trains on.
    ///   - heldOut: what each evaluates models on; `nil` where clients evaluate nothing.
    case dealt(Dataset, training: Partition, heldOut: Partition?)
    /// - Parameters:
    ///   - holdout: the part of the examples that is held out, drawn by the run's `seed`.
    case own(LocalShard, holdout: Double, seed: UInt64)

    public var examples: ExampleSet {
        switch self {
        case .dealt(let dataset, _, _): dataset.train
        case .own(let shard, _, _): shard.examples
        }
    }

    /// The digest that the coordinator is told.
    var digest: ContentDigest {
        switch self {
        case .dealt(let dataset, _, _): dataset.digest
        case .own(let shard, _, _): shard.digest
        }
    }

    /// Which of ``examples`` the client trains on.
    public func indices(of client: ClientID) -> [Int32] {
        switch self {
        case .dealt(_, let training, _): training.indices(of: Int(client.rawValue))
        case .own(let shard, let holdout, let seed): Self.split(shard, holdout, seed, client).training
        }
    }

    /// Which of ``examples`` the client holds out from its training.
    public func heldOut(of client: ClientID) -> [Int32] {
        switch self {
        case .dealt(_, _, let heldOut): heldOut?.indices(of: Int(client.rawValue)) ?? []
        case .own(let shard, let holdout, let seed): Self.split(shard, holdout, seed, client).heldOut
        }
    }

    /// The number of examples that the client trains on.
    func count(of client: ClientID) -> Int {
        switch self {
        case .dealt(_, let training, _): training.count(of: Int(client.rawValue))
        case .own: indices(of: client).count
        }
    }

    private static func split(
        _ shard: LocalShard, _ holdout: Double, _ seed: UInt64, _ client: ClientID
    ) -> (training: [Int32], heldOut: [Int32]) {
        HeldOut.split(
            Array(0..<Int32(shard.examples.count)), fraction: holdout, seed: seed, client: client.rawValue)
    }

    /// The data that the run's greeting describes, found on this machine and dealt by the run's rule.
    ///
    /// - Throws: a ``WireError`` when they are not the run's; a `Problem` when they cannot be had.
    static func load(
        for welcome: Welcome, folder: String?,
        _ loadDataset: @Sendable (DatasetRequest) async throws -> Dataset
    ) async throws -> HostedData {
        let request = DatasetRequest(kind: welcome.dataset, folder: folder, allowDrawnDigits: false)
        let dataset = try await loadDataset(request)
        guard dataset.digest == welcome.datasetDigest else {
            throw WireError(
                .dataMismatch,
                "the run's data are \(welcome.dataset.rawValue), \(welcome.datasetDigest.short)…; this worker has "
                    + "\(dataset.provenance.description), \(dataset.digest.short)…")
        }
        let partition = try welcome.partition.deal(
            dataset.train, clients: Int(welcome.population), seed: welcome.seed)
        let split = partition.holdingOut(welcome.evaluation.holdout, seed: welcome.seed)
        return .dealt(dataset, training: split.training, heldOut: split.heldOut)
    }

    /// Checks that the model can be trained with these examples.
    func check(for model: ModelDefinition) throws(WireError) {
        guard examples.shape == model.input, examples.classes <= model.classes else {
            throw WireError(
                .cannotTakePart,
                "the examples are \(examples.shape) with \(examples.classes) classes, the model \(model.name) takes "
                    + "\(model.input) with \(model.classes)")
        }
    }
}
