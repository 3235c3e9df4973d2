internal import Randomness
public import Settings

/// A client is the more likely the more examples it holds: drawn one after the other, each with a probability that is its part of
/// the examples of those that are left (Efraimidis and Spirakis 2006, "Weighted Random Sampling with a Reservoir", Algorithm A).
/// With weights in the selection, FedProx averages its updates alike (Li et al. 2020, Section 5.1): `weighting: uniform`.
public struct WeightedSelection: SelectionRule {
    public static let name = "weighted"
    public static let summary = "a client is the more likely the more examples it holds"

    public init(_ values: SettingValues) {}

    public func select(_ size: Int, of candidates: Candidates, seed: UInt64, round: UInt32) -> [ClientID] {
        var keyed = candidates.clients.map { client -> (key: Double, client: ClientID) in
            var stream = RandomStream(seed: seed, purpose: .selection, round: round, client: client.rawValue &+ 1)
            // log(u) / w orders as u^(1 / w) does, and is never rounded to 1.
            return (PortableMath.log(1 - stream.uniform()) / Double(max(1, candidates.examples(client))), client)
        }
        keyed.sort { ($0.key, $1.client) > ($1.key, $0.client) }
        return keyed.prefix(size).map(\.client).sorted()
    }
}
