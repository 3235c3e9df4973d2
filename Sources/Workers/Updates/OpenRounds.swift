/// Which rounds a worker process may still be asked about, as far as its connections have been told.
///
/// A coordinator that was killed and goes on from its record opens a round again that it had closed, so a model that comes
/// says more than what was closed before.
struct OpenRounds {
    private var closedThrough: UInt32 = 0

    func contains(_ round: UInt32) -> Bool { round > closedThrough }

    /// A model of the round comes.
    mutating func opened(_ round: UInt32) {
        closedThrough = min(closedThrough, round - 1)
    }

    mutating func closed(_ round: UInt32) {
        closedThrough = max(closedThrough, round)
    }
}
