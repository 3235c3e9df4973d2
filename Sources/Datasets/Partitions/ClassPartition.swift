import Diagnostics
import Randomness
public import Settings

/// Each client holds examples of `perClient` classes, and the examples of a class are divided evenly among the
/// clients that hold it (the quantity-based label imbalance `#C = k` of Li et al., "Federated Learning on Non-IID
/// Data Silos: An Experimental Study", 2022, section IV; here the classes are held by equally many clients, give or
/// take one).
public struct ClassPartition: Partitioner {
    public static let name = "classes"
    public static let settings =
        [
            Setting(
                "classes_per_client", .wholeNumber(1...256), default: .wholeNumber(2), "how many classes a client gets")
        ] + ShardSizes.settings

    let perClient: Int
    /// Those of a client's share of each of its classes.
    public let sizes: ShardSizes

    public init(_ values: SettingValues) {
        perClient = values.wholeNumber("classes_per_client")
        sizes = ShardSizes(values)
    }

    public var summary: String { perClient == 1 ? "1 class a client" : "\(perClient) classes a client" }
    public var fewestExamples: Int { perClient }

    public func obstacle(clients: Int, classes: Int) -> String? {
        if perClient > classes { return "is \(clients), with \(perClient) classes each, and the data have \(classes)" }
        guard clients * perClient < classes else { return nil }
        return "is \(clients): with \(perClient) classes each, some of the \(classes) classes would go to nobody"
    }

    public func deal(labels: [UInt8], classes: Int, clients: Int, seed: UInt64) throws -> [Int32] {
        let byClass = ExamplesByClass(labels: labels, classes: classes)
        let present = byClass.present
        guard perClient <= present.count else {
            throw Problem(
                .data, "\(perClient) classes a client, but the data have \(present.count)",
                remedy: "Choose from 1 to \(present.count) classes a client.")
        }
        // Neither factor is above the number of examples or 256, so the product cannot overflow.
        guard clients * perClient >= present.count else {
            throw Problem(
                .data,
                "\(clients) clients with \(perClient) classes each leave some of the \(present.count) classes "
                    + "to nobody",
                remedy: "Let clients × classes a client be at least \(present.count).")
        }
        let weights = sizes.weights(clients: clients, seed: seed)
        let holders = draw(from: present, classes: classes, clients: clients, seed: seed)
        var owners = [Int32](repeating: 0, count: labels.count)
        for label in present {
            let holders = holders[label]
            guard holders.count <= byClass.count(of: label) else {
                throw Problem(
                    .data, "class \(label) has \(byClass.count(of: label)) examples for \(holders.count) clients",
                    remedy: "Use fewer clients or fewer classes a client.")
            }
            let examples = byClass.shuffled(label, seed: seed)
            let sizes = Apportionment.divide(examples.count, by: holders.map { weights[Int($0)] })
            var position = 0
            for (holder, size) in zip(holders, sizes) {
                for example in examples[position..<position + size] {
                    owners[Int(example)] = holder
                }
                position += size
            }
        }
        return owners
    }

    /// For each class, the clients that hold it. Each client takes classes that the fewest clients hold so far, at
    /// random among equals: so every class is taken before one is taken again, and a client's are all different.
    private func draw(from present: [Int], classes: Int, clients: Int, seed: UInt64) -> [[Int32]] {
        var holders = [[Int32]](repeating: [], count: classes)
        var stream = RandomStream(seed: seed, purpose: .partition)
        var order = present.map(Int32.init)
        for client in 0..<Int32(clients) {
            stream.shuffle(&order)
            let fewest = order.map { holders[Int($0)].count }.min() ?? 0
            let taken =
                order.filter { holders[Int($0)].count == fewest }
                + order.filter { holders[Int($0)].count > fewest }
            for label in taken.prefix(perClient) {
                holders[Int(label)].append(client)
            }
        }
        return holders
    }
}
