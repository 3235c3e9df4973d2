import Diagnostics
public import Learning

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
        guard clients <= labels.count else {
            throw Problem(
                .data, "\(clients) clients, but only \(labels.count) examples to deal",
                remedy: "Let there be at most as many clients as examples.")
        }
        if let label = labels.first(where: { Int($0) >= classes }) {
            throw Problem(.data, "a label is \(label), but there are only \(classes) classes")
        }
        let owners = try make().deal(labels: labels, classes: classes, clients: clients, seed: seed)
        return Partition(owners: owners, clients: clients)
    }
}
