public import Datasets
public import Federation
public import Learning
import Parameters
import Wire

/// The examples of the clients that a worker hosts: views of one data set that all share, or one client's own.
public enum HostedData: Sendable {
    case dealt(Dataset, Partition)
    case own(LocalShard)

    public var examples: ExampleSet {
        switch self {
        case .dealt(let dataset, _): dataset.train
        case .own(let shard): shard.examples
        }
    }

    /// The digest that the coordinator is told.
    var digest: ContentDigest {
        switch self {
        case .dealt(let dataset, _): dataset.digest
        case .own(let shard): shard.digest
        }
    }

    /// Which of ``examples`` are the client's.
    public func indices(of client: ClientID) -> [Int32] {
        switch self {
        case .dealt(_, let partition): partition.indices(of: Int(client.rawValue))
        case .own(let shard): Array(0..<Int32(shard.examples.count))
        }
    }

    /// The number of the client's examples.
    func count(of client: ClientID) -> Int {
        switch self {
        case .dealt(_, let partition): partition.count(of: Int(client.rawValue))
        case .own(let shard): shard.examples.count
        }
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
        return .dealt(dataset, partition)
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
