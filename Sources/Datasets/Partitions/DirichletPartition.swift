import Diagnostics
import Glibc
import Randomness
public import Settings

/// For each class, the clients' shares of its examples are drawn from a symmetric Dirichlet distribution (Yurochkin
/// et al., "Bayesian Nonparametric Federated Learning of Neural Networks", 2019, section 4; with the concentration
/// called alpha as in Hsu, Qi and Brown, "Measuring the Effects of Non-Identical Data Distribution for Federated
/// Visual Classification", 2019). The smaller alpha, the fewer clients share a class: 0.1 is very uneven, 100 nearly
/// even.
///
/// Draws that leave a client with fewer than `minimumExamples` are thrown away, as both papers' programs do.
public struct DirichletPartition: Partitioner {
    public static let name = "dirichlet"
    public static let settings = [
        Setting.concentration,
        Setting(
            "minimum_examples", .wholeNumber(1...10_000), default: .wholeNumber(10),
            "the fewest examples that a client may have"),
        Setting(
            "sizes", .word(["equal"]), default: .word("equal"), "how many examples a client gets: what the draw gives"),
    ]

    let alpha: Double
    let minimumExamples: Int

    public init(_ values: SettingValues) {
        alpha = values.number("alpha")
        minimumExamples = values.wholeNumber("minimum_examples")
    }

    public var summary: String { "\(Self.name) \(Decimal.text(alpha))" }
    public var fewestExamples: Int { minimumExamples }

    public func deal(labels: [UInt8], classes: Int, clients: Int, seed: UInt64) throws -> [Int32] {
        guard clients * minimumExamples <= labels.count else {
            throw Problem(
                .data,
                "\(clients) clients with at least \(minimumExamples) examples each, but only \(labels.count) examples",
                remedy: "Use fewer clients or a smaller minimum.")
        }
        let byClass = ExamplesByClass(labels: labels, classes: classes)
        let cuts = try draw(byClass, clients: clients, seed: seed)
        var owners = [Int32](repeating: 0, count: labels.count)
        for (place, label) in byClass.present.enumerated() {
            let examples = byClass.shuffled(label, seed: seed)
            for client in 0..<clients {
                for example in examples[cuts[place][client]..<cuts[place][client + 1]] {
                    owners[Int(example)] = Int32(client)
                }
            }
        }
        return owners
    }

    /// For each class that occurs, where its shuffled examples are cut: client k gets `cuts[k] ..< cuts[k + 1]`.
    /// Only shares are drawn here, no example is touched, so a draw that is thrown away costs little.
    private func draw(_ byClass: ExamplesByClass, clients: Int, seed: UInt64) throws -> [[Int]] {
        let present = byClass.present
        // At most about two million draws, less than a second, unless so many clients need more for a few tries.
        let tries = max(20, min(1_000, 2_000_000 / (clients * present.count)))
        for attempt in 1...tries {
            var sizes = [Int](repeating: 0, count: clients)
            var cuts: [[Int]] = []
            for label in present {
                var stream = RandomStream(
                    seed: seed, purpose: .partition, round: UInt32(attempt), client: UInt32(label) + 1)
                let shares = shares(of: clients, &stream)
                let cut = cutPoints(shares, of: byClass.count(of: label))
                for client in 0..<clients {
                    sizes[client] += cut[client + 1] - cut[client]
                }
                cuts.append(cut)
            }
            if sizes.allSatisfy({ $0 >= minimumExamples }) {
                return cuts
            }
        }
        throw Problem(
            .data,
            "none of \(tries) draws of a Dirichlet partition with alpha = \(alpha) gave each of \(clients) clients "
                + "at least \(minimumExamples) examples",
            remedy: "Use a larger alpha, fewer clients or a smaller minimum.")
    }

    /// One draw from the Dirichlet distribution, times some constant: independent gamma variates, by their logarithms,
    /// because with a small alpha they are smaller than any double.
    private func shares(of clients: Int, _ stream: inout RandomStream) -> [Double] {
        var logarithms = [Double](repeating: 0, count: clients)
        var largest = -Double.infinity
        for client in 0..<clients {
            let value = stream.logarithmOfGamma(shape: alpha)
            logarithms[client] = value
            largest = max(largest, value)
        }
        return logarithms.map { exp($0 - largest) }
    }

    private func cutPoints(_ shares: [Double], of count: Int) -> [Int] {
        let whole = shares.reduce(0, +)
        var sum = 0.0
        var cuts = [0]
        for share in shares.dropLast() {
            sum += share
            cuts.append(min(count, Int(sum / whole * Double(count))))
        }
        cuts.append(count)
        return cuts
    }
}

extension Setting {
    /// α; beyond these bounds a Dirichlet draw is one client takes all, or perfectly even.
    static let concentration = Setting(
        "alpha", .from(1e-4, upTo: 1_000_000), default: 0.5,
        "α, the concentration of the clients' shares of a class (dirichlet), or of a client's mix of classes "
            + "(client-dirichlet): the smaller, the less alike")
}
