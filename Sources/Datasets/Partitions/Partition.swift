public import Learning

/// Which client holds which examples: what a ``PartitionChoice`` dealt. Every example belongs to one client, or is kept back,
/// and every client holds at least one, but for what ``holdingOut(_:seed:)`` splits.
public struct Partition: Sendable, Hashable {
    /// The number of clients; they are numbered 0 ..< `clients`.
    public let clients: Int
    /// Client k's indices are `flat[offsets[k] ..< offsets[k + 1]]`.
    private let offsets: [Int]
    private let flat: [Int32]
    /// The examples that no client has, as indices into the set that was dealt, ascending.
    public let keptBack: [Int32]

    /// Owns what is kept back.
    static let nobody: Int32 = -1

    /// - Parameter owners: for each example, the client that holds it, or ``nobody``. An example has one entry here, which is why
    ///   no rule can deal one twice or forget one.
    init(owners: [Int32], clients: Int) {
        var offsets = [Int](repeating: 0, count: clients + 1)
        for owner in owners where owner != Self.nobody {
            offsets[Int(owner) + 1] += 1
        }
        for client in 0..<clients {
            offsets[client + 1] += offsets[client]
        }
        var next = offsets
        var flat = [Int32](repeating: 0, count: offsets[clients])
        for (example, owner) in owners.enumerated() where owner != Self.nobody {
            flat[next[Int(owner)]] = Int32(example)
            next[Int(owner)] += 1
        }
        self.clients = clients
        self.offsets = offsets
        self.flat = flat
        keptBack = owners.indices.filter { owners[$0] == Self.nobody }.map { Int32($0) }
    }

    /// These examples, so many of each client, one client's after the other.
    private init(_ flat: [Int32], counts: [Int], keptBack: [Int32]) {
        self.keptBack = keptBack
        clients = counts.count
        offsets = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        self.flat = flat
    }

    /// What clients train on, and what each holds out from its training to evaluate models on; of a client with few examples
    /// that may be nothing.
    ///
    /// - Parameters:
    ///   - fraction: of each client's examples, from 0 to below 1.
    ///   - seed: of the run.
    /// - Returns: `nil` for what is held out if the fraction is 0.
    public func holdingOut(_ fraction: Double, seed: UInt64) -> (training: Partition, heldOut: Partition?) {
        guard fraction > 0 else { return (self, nil) }
        let split = (0..<clients).map { client in
            HeldOut.split(indices(of: client), fraction: fraction, seed: seed, client: UInt32(client))
        }
        return (
            Partition(split.flatMap(\.training), counts: split.map(\.training.count), keptBack: keptBack),
            Partition(split.flatMap(\.heldOut), counts: split.map(\.heldOut.count), keptBack: keptBack)
        )
    }

    /// The number of examples that were dealt.
    public var examples: Int { flat.count }

    /// The examples of one client, as indices into the set that was dealt, ascending.
    ///
    /// - Precondition: 0 ≤ `client` < ``clients``.
    public func indices(of client: Int) -> [Int32] {
        Array(flat[offsets[client]..<offsets[client + 1]])
    }

    /// The number of examples of one client.
    ///
    /// - Precondition: 0 ≤ `client` < ``clients``.
    public func count(of client: Int) -> Int {
        offsets[client + 1] - offsets[client]
    }

    /// How many examples of each class each client holds: `[clients][classes]`.
    ///
    /// - Precondition: `labels` are those of the set that was dealt, each below `classes`.
    public func classCounts(labels: [UInt8], classes: Int) -> [[Int]] {
        precondition(labels.count >= flat.count)
        return (0..<clients).map { client in
            var counts = [Int](repeating: 0, count: classes)
            for position in offsets[client]..<offsets[client + 1] {
                counts[Int(labels[Int(flat[position])])] += 1
            }
            return counts
        }
    }

    /// How many examples of each class each client holds: `[clients][classes]`.
    ///
    /// - Precondition: `examples` is the set that was dealt.
    public func classCounts(of examples: ExampleSet) -> [[Int]] {
        classCounts(labels: examples.labels, classes: examples.classes)
    }
}
