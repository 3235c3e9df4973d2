internal import Randomness

/// Which of its own examples a client holds out from its training.
public enum HeldOut {
    /// Draws them, round(`fraction` · n) of n, but always leaves one to train on.
    ///
    /// - Parameters:
    ///   - indices: the client's examples.
    ///   - fraction: from 0 to below 1.
    ///   - seed: of the run.
    /// - Returns: both in the order of `indices`.
    public static func split(
        _ indices: [Int32], fraction: Double, seed: UInt64, client: UInt32
    ) -> (training: [Int32], heldOut: [Int32]) {
        let count = min(Int((fraction * Double(indices.count)).rounded()), indices.count - 1)
        guard count > 0 else { return (indices, []) }
        var stream = RandomStream(seed: seed, purpose: .heldOut, client: client)
        let drawn = Set(stream.sample(count, below: indices.count))
        var training: [Int32] = []
        var heldOut: [Int32] = []
        for (place, index) in indices.enumerated() {
            if drawn.contains(place) { heldOut.append(index) } else { training.append(index) }
        }
        return (training, heldOut)
    }
}
