import Glibc
import Randomness
public import Settings

/// For each client, the parts of its examples that are of each class are drawn from a Dirichlet distribution with the
/// concentration alpha · p, where p are the classes' parts of all examples (Hsu, Qi and Brown, "Measuring the Effects of
/// Non-Identical Data Distribution for Federated Visual Classification", 2019, section 3). With alpha = 100 clients are nearly
/// alike, with 0.01 most have one class. How many examples a client gets is another matter, unlike with `dirichlet`.
///
/// One client after the other draws its examples, each from the classes that are left: the last ones take what there is.
public struct ClientDirichletPartition: Partitioner {
    public static let name = "client-dirichlet"
    public static let settings = [Setting.concentration] + ShardSizes.settings

    let alpha: Double
    public let sizes: ShardSizes

    public init(_ values: SettingValues) {
        alpha = values.number("alpha")
        sizes = ShardSizes(values)
    }

    public var summary: String { "\(Self.name) \(Decimal.text(alpha))" }

    public func deal(labels: [UInt8], classes: Int, clients: Int, seed: UInt64) -> [Int32] {
        let weights = sizes.weights(clients: clients, seed: seed)
        let byClass = ExamplesByClass(labels: labels, classes: classes)
        let present = byClass.present
        var left = present.map { byClass.shuffled($0, seed: seed)[...] }
        let priors = present.map { Double(byClass.count(of: $0)) / Double(labels.count) }
        var owners = [Int32](repeating: 0, count: labels.count)
        for (client, size) in Apportionment.divide(labels.count, by: weights).enumerated() {
            var stream = RandomStream(seed: seed, purpose: .partition, round: 1, client: UInt32(client))
            let logarithms = priors.map { stream.logarithmOfGamma(shape: alpha * $0) }
            var parts = Self.parts(logarithms, left)
            for _ in 0..<size {
                let place = Self.draw(parts, &stream)
                // There is one: a class without has no part.
                guard let example = left[place].popFirst() else { continue }
                owners[Int(example)] = Int32(client)
                if left[place].isEmpty { parts = Self.parts(logarithms, left) }
            }
        }
        return owners
    }

    /// The parts of the classes that are left, the largest being 1; by their logarithms, because with a small alpha they are
    /// smaller than any double.
    private static func parts(_ logarithms: [Double], _ left: [ArraySlice<Int32>]) -> [Double] {
        let largest = zip(logarithms, left).reduce(-Double.infinity) { $1.1.isEmpty ? $0 : max($0, $1.0) }
        return zip(logarithms, left).map { $1.isEmpty ? 0 : exp($0 - largest) }
    }

    /// The place of a class, drawn in proportion to the parts.
    private static func draw(_ parts: [Double], _ stream: inout RandomStream) -> Int {
        var rest = stream.uniform() * parts.reduce(0, +)
        var last = 0
        for (place, part) in parts.enumerated() where part > 0 {
            last = place
            rest -= part
            if rest < 0 { break }
        }
        return last
    }
}
