public import Datasets
public import Federation
public import Learning
public import Parameters

/// The examples of the clients that one process hosts: views of one data set that all share, or one client's own.
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
    public var digest: ContentDigest {
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
    public func count(of client: ClientID) -> Int {
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
}
