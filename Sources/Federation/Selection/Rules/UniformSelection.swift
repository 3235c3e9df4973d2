internal import Randomness
public import Settings

/// Each client is as likely as any other (McMahan et al. 2017, Algorithm 1: "random set of m clients").
///
/// The choice depends on the seed, the round and who could take part, never on who is connected at the moment: a
/// client that lost its connection would otherwise change the cohorts of a whole run.
public struct UniformSelection: SelectionRule {
    public static let name = "uniform"
    public static let summary = "each client is as likely as any other"

    public init(_ values: SettingValues) {}

    public func select(_ size: Int, of candidates: Candidates, seed: UInt64, round: UInt32) -> [ClientID] {
        var stream = RandomStream(seed: seed, purpose: .selection, round: round)
        return stream.sample(size, below: candidates.clients.count).map { candidates.clients[$0] }
    }
}
