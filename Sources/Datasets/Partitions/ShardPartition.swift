import Diagnostics
import Randomness

/// "We first sort the data by digit label, divide it into 200 shards of size 300, and assign each of 100 clients 2
/// shards" (McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized Data", 2017,
/// section 3). Most clients so have examples of two classes only.
struct ShardPartition {
    let perClient: Int
    /// For each client, the size of its shards in proportion to the others'.
    let weights: [Double]

    /// For each example, the client that holds it. Shards of equal weight differ in size by at most one example.
    func deal(labels: [UInt8], classes: Int, seed: UInt64) throws -> [Int32] {
        guard perClient >= 1 else {
            throw Problem(.data, "\(perClient) shards a client", remedy: "Give each client at least 1 shard.")
        }
        let (shards, overflow) = weights.count.multipliedReportingOverflow(by: perClient)
        guard !overflow, shards <= labels.count else {
            throw Problem(
                .data, "\(weights.count) clients with \(perClient) shards each, but only \(labels.count) examples",
                remedy: "Let clients × shards a client be at most \(labels.count).")
        }
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
