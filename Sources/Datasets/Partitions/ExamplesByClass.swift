import Randomness

/// Examples sorted by label; those of one label stay in their order.
struct ExamplesByClass {
    /// All examples, by class and then by index.
    let sorted: [Int32]
    /// Class c is at `offsets[c] ..< offsets[c + 1]` of `sorted`.
    private let offsets: [Int]

    /// - Precondition: every label is below `classes`.
    init(labels: [UInt8], classes: Int) {
        var offsets = [Int](repeating: 0, count: classes + 1)
        for label in labels {
            offsets[Int(label) + 1] += 1
        }
        for label in 0..<classes {
            offsets[label + 1] += offsets[label]
        }
        var next = offsets
        var sorted = [Int32](repeating: 0, count: labels.count)
        for (example, label) in labels.enumerated() {
            sorted[next[Int(label)]] = Int32(example)
            next[Int(label)] += 1
        }
        self.sorted = sorted
        self.offsets = offsets
    }

    /// The classes of which there are examples, ascending.
    var present: [Int] { (0..<offsets.count - 1).filter { count(of: $0) > 0 } }

    func count(of label: Int) -> Int {
        offsets[label + 1] - offsets[label]
    }

    /// The examples of one class in the order in which a partition deals them: shuffled by a stream of the class's
    /// own.
    func shuffled(_ label: Int, seed: UInt64) -> [Int32] {
        var examples = Array(sorted[offsets[label]..<offsets[label + 1]])
        var stream = RandomStream(seed: seed, purpose: .partition, client: UInt32(label) + 1)
        stream.shuffle(&examples)
        return examples
    }
}
