import Randomness
public import Settings

/// All examples shuffled, then dealt: each client's shard is a uniform sample of the whole ("the data is shuffled,
/// and then partitioned"; McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized
/// Data", 2017, section 3).
public struct IIDPartition: Partitioner {
    public static let name = "iid"
    public static let settings = ShardSizes.settings

    public let sizes: ShardSizes

    public init(_ values: SettingValues) { sizes = ShardSizes(values) }

    public var summary: String { Self.name }

    public func deal(labels: [UInt8], classes: Int, clients: Int, seed: UInt64) -> [Int32] {
        let examples = labels.count
        let weights = sizes.weights(clients: clients, seed: seed)
        var order = (0..<Int32(examples)).map { $0 }
        var stream = RandomStream(seed: seed, purpose: .partition)
        stream.shuffle(&order)
        var owners = [Int32](repeating: 0, count: examples)
        var position = 0
        for (client, size) in Apportionment.divide(examples, by: weights).enumerated() {
            for example in order[position..<position + size] {
                owners[Int(example)] = Int32(client)
            }
            position += size
        }
        return owners
    }
}
