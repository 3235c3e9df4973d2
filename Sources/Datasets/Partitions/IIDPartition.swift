import Randomness

/// All examples shuffled, then dealt: each client's shard is a uniform sample of the whole ("the data is shuffled,
/// and then partitioned"; McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized
/// Data", 2017, section 3).
struct IIDPartition {
    /// For each client, the size of its share in proportion to the others'.
    let weights: [Double]

    /// For each example, the client that holds it.
    func deal(examples: Int, seed: UInt64) -> [Int32] {
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
