import Diagnostics
public import Learning

extension PartitionRule {
    /// Deals `examples` to clients 0 ..< `clients`. The same arguments always give the same partition.
    ///
    /// - Throws: a ``Problem`` of kind `data` when the rule cannot be kept with these examples and so many clients.
    public func deal(_ examples: ExampleSet, clients: Int, seed: UInt64) throws -> Partition {
        try deal(labels: examples.labels, classes: examples.classes, clients: clients, seed: seed)
    }

    /// Deals the examples that have these labels: no rule looks at more than the labels.
    ///
    /// - Parameter classes: the number of classes, above every label.
    /// - Throws: a ``Problem`` of kind `data` when the rule cannot be kept with these examples and so many clients,
    ///   or when its numbers are out of range; they may come from a peer.
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
        let owners: [Int32]
        switch assignment {
        case .iid:
            let weights = try sizes.weights(clients: clients, seed: seed)
            owners = IIDPartition(weights: weights).deal(examples: labels.count, seed: seed)
        case .shards(let perClient):
            let weights = try sizes.weights(clients: clients, seed: seed)
            owners = try ShardPartition(perClient: perClient, weights: weights)
                .deal(labels: labels, classes: classes, seed: seed)
        case .classes(let perClient):
            let weights = try sizes.weights(clients: clients, seed: seed)
            owners = try ClassPartition(perClient: perClient, weights: weights)
                .deal(labels: labels, classes: classes, seed: seed)
        case .clientDirichlet(let alpha):
            let weights = try sizes.weights(clients: clients, seed: seed)
            owners = try ClientDirichletPartition(alpha: alpha, weights: weights)
                .deal(labels: labels, classes: classes, seed: seed)
        case .dirichlet(let alpha, let minimumExamples):
            guard sizes == .equal else {
                throw Problem(
                    .data, "a Dirichlet partition decides the sizes itself, so log-normal sizes cannot be had with it",
                    remedy: "Leave the sizes out, or use another rule, for example client-dirichlet.")
            }
            owners = try DirichletPartition(alpha: alpha, minimumExamples: minimumExamples, clients: clients)
                .deal(labels: labels, classes: classes, seed: seed)
        }
        return Partition(owners: owners, clients: clients)
    }
}
