internal import Randomness

/// Selects the clients of a round, uniformly and without replacement (McMahan et al. 2017, Algorithm 1: "random set of
/// m clients").
///
/// The choice depends on the seed, the round and who could take part, never on who is connected at the moment: a
/// client that lost its connection would otherwise change the cohorts of a whole run.
enum CohortSelection {
    /// `size` of `eligible`, ascending; all of them where there are no more.
    ///
    /// - Parameter eligible: ascending.
    static func select(_ size: Int, of eligible: [ClientID], seed: UInt64, round: UInt32) -> [ClientID] {
        guard size < eligible.count else { return eligible }
        var stream = RandomStream(seed: seed, purpose: .selection, round: round)
        return stream.sample(size, below: eligible.count).map { eligible[$0] }
    }
}
