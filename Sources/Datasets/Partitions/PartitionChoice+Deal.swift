import Diagnostics
public import Learning
import Randomness

extension PartitionChoice {
    /// Deals `examples` to clients 0 ..< `clients`. The same arguments always give the same partition.
    ///
    /// - Throws: a ``Problem`` of kind `data` when the rule cannot be kept with these examples and so many clients.
    public func deal(_ examples: ExampleSet, clients: Int, seed: UInt64) throws -> Partition {
        try deal(labels: examples.labels, classes: examples.classes, clients: clients, seed: seed)
    }

    /// Deals the examples that have these labels: no rule looks at more than the labels.
    ///
    /// - Parameter classes: the number of classes, above every label.
    /// - Throws: a ``Problem`` of kind `data` when the rule cannot be kept with these examples and so many clients.
    public func deal(labels: [UInt8], classes: Int, clients: Int, seed: UInt64) throws -> Partition {
        guard clients >= 1 else {
            throw Problem(.data, "\(clients) clients to deal examples to", remedy: "Let there be at least 1.")
        }
        guard labels.count <= Int(Int32.max) else {
            throw Problem(
                .data, "\(labels.count) examples are more than can be dealt",
                remedy: "Use at most 2³¹ − 1.")
        }
        let count = keptBack(of: labels.count)
        guard clients <= labels.count - count else {
            throw Problem(
                .data, "\(clients) clients, but only \(labels.count - count) examples to deal",
                remedy: "Let there be at most as many clients as examples.")
        }
        if let label = labels.first(where: { Int($0) >= classes }) {
            throw Problem(.data, "a label is \(label), but there are only \(classes) classes")
        }
        guard count > 0 else {
            let owners = try make().deal(labels: labels, classes: classes, clients: clients, seed: seed)
            return Partition(owners: owners, clients: clients)
        }
        var stream = RandomStream(seed: seed, purpose: .validation)
        let keptBack = Set(stream.sample(count, below: labels.count))
        let dealt = labels.indices.filter { !keptBack.contains($0) }
        let owners = try make().deal(
            labels: dealt.map { labels[$0] }, classes: classes, clients: clients, seed: seed)
        var all = [Int32](repeating: Partition.nobody, count: labels.count)
        for (index, owner) in zip(dealt, owners) { all[index] = owner }
        return Partition(owners: all, clients: clients)
    }
}
