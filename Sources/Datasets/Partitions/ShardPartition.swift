import Diagnostics
import Randomness
public import Settings

/// "We first sort the data by digit label, divide it into 200 shards of size 300, and assign each of 100 clients 2
/// shards" (McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized Data", 2017,
/// section 3). Most clients so have examples of two classes only.
public struct ShardPartition: Partitioner {
    public static let name = "shards"
    public static let settings =
        [
            Setting(
                "shards_per_client", .wholeNumber(1...1_000), default: .wholeNumber(2),
                "how many shards of the examples, sorted by label, a client gets")
        ] + ShardSizes.settings

    let perClient: Int
    /// Those of a client's shards, all of one size.
    public let sizes: ShardSizes

    public init(_ values: SettingValues) {
        perClient = values.wholeNumber("shards_per_client")
        sizes = ShardSizes(values)
    }

    public var summary: String { perClient == 1 ? "1 shard a client" : "\(perClient) shards a client" }
    public var fewestExamples: Int { perClient }

    /// For each example, the client that holds it. Shards of equal weight differ in size by at most one example.
    public func deal(labels: [UInt8], classes: Int, clients: Int, seed: UInt64) throws -> [Int32] {
        let shards = clients * perClient
        guard shards <= labels.count else {
            throw Problem(
                .data, "\(clients) clients with \(perClient) shards each, but only \(labels.count) examples",
                remedy: "Let clients × shards a client be at most \(labels.count).")
        }
        let weights = sizes.weights(clients: clients, seed: seed)
        // The clients in the order in which their shards lie in the sorted data.
        var holders = (0..<Int32(shards)).map { $0 / Int32(perClient) }
        var stream = RandomStream(seed: seed, purpose: .partition)
        stream.shuffle(&holders)

        let sizes = Apportionment.divide(labels.count, by: holders.map { weights[Int($0)] })
        let sorted = ExamplesByClass(labels: labels, classes: classes).sorted
        var owners = [Int32](repeating: 0, count: labels.count)
        var position = 0
        for (holder, size) in zip(holders, sizes) {
            for example in sorted[position..<position + size] {
                owners[Int(example)] = holder
            }
            position += size
        }
        return owners
    }
}
