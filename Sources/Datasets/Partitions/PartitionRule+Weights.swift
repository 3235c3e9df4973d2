import Diagnostics
import Glibc
import Randomness

extension PartitionRule.Sizes {
    /// Log-normal sizes up to this sigma: exp(20 · N(0, 1)) is far from the limits of a double, and with a sigma a
    /// quarter of that one client already holds nearly everything.
    static let sigmas = 0.0...20.0

    /// For each client, how large its share is to be in proportion to the others' shares; all above 0. Client k's
    /// draw does not depend on how many clients there are.
    func weights(clients: Int, seed: UInt64) throws -> [Double] {
        switch self {
        case .equal:
            return [Double](repeating: 1, count: clients)
        case .logNormal(let sigma):
            guard Self.sigmas.contains(sigma) else {
                throw Problem(
                    .data, "log-normal sizes with sigma = \(sigma)",
                    remedy: "Choose a sigma from 0 (equal sizes) to 20; 0.3 is mild, 1 strong.")
            }
            return (0..<clients).map { client in
                var stream = RandomStream(seed: seed, purpose: .sizes, client: UInt32(client))
                return exp(sigma * stream.normal())
            }
        }
    }
}
