import Glibc
import Randomness
import Settings

/// How many examples a client gets.
public enum ShardSizes: Sendable, Hashable {
    /// As equal as the division allows.
    case equal
    /// In proportion to exp(sigma · N(0, 1)); sigma from 0 (equal sizes) to 20, 0.3 is mild, 1 strong.
    case logNormal(sigma: Double)

    private static let logNormalName = "log-normal"

    /// What the rules declare that leave the sizes to the scenario.
    static let settings = [
        Setting(
            "sizes", .word(["equal", logNormalName]), default: .word("equal"), "how many examples a client gets"),
        // With a quarter of the largest sigma one client already holds nearly everything, and exp(20 · N(0, 1)) is far from the
        // limits of a double.
        Setting(
            "sigma", .from(0, upTo: 20), default: 0.5, "σ of the sizes, in proportion to exp(σ · N(0, 1))"
        ).needing("sizes", logNormalName),
    ]

    init(_ values: SettingValues) {
        self = values.word("sizes") == Self.logNormalName ? .logNormal(sigma: values.number("sigma")) : .equal
    }

    /// ``settings``' values.
    var values: [(name: String, value: SettingValue)] {
        switch self {
        case .equal: []
        case .logNormal(let sigma): [("sizes", .word(Self.logNormalName)), ("sigma", .number(sigma))]
        }
    }

    /// In a few words; `nil` for equal ones.
    var summary: String? {
        switch self {
        case .equal: nil
        case .logNormal(let sigma): "log-normal sizes \(Decimal.text(sigma))"
        }
    }

    /// For each client, how large its share is to be in proportion to the others' shares; all above 0. Client k's
    /// draw does not depend on how many clients there are.
    func weights(clients: Int, seed: UInt64) -> [Double] {
        switch self {
        case .equal:
            return [Double](repeating: 1, count: clients)
        case .logNormal(let sigma):
            return (0..<clients).map { client in
                var stream = RandomStream(seed: seed, purpose: .sizes, client: UInt32(client))
                return exp(sigma * stream.normal())
            }
        }
    }
}
