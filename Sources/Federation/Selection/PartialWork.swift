internal import Randomness

/// Which clients of a round do less than they are asked for, how much less, and what becomes of it (Li et al. 2020, "Federated
/// Optimization in Heterogeneous Networks", Section 5.2, the stragglers of its experiments). A function of the seed, the round
/// and its cohort.
public struct PartialWork: Sendable, Hashable {
    /// How the clients are drawn.
    public enum Draw: String, Sendable, Hashable, CaseIterable {
        /// Each client by itself: how many they are differs from round to round.
        case clients
        /// So many of each cohort: round(share · m), as in the paper's experiments.
        case cohort
    }

    /// What becomes of their updates.
    public enum Updates: String, Sendable, Hashable, CaseIterable {
        /// They count as others do.
        case counted
        /// They do not: the client is not asked to train, since nobody would wait for it.
        case dropped
    }

    /// The probability with which a client does partial work, or the part of each cohort that does; from 0 to 1.
    public var share: Double
    public var draw: Draw
    public var updates: Updates

    public init(share: Double = 0, draw: Draw = .clients, updates: Updates = .counted) {
        self.share = share
        self.draw = draw
        self.updates = updates
    }

    /// Everybody does what is asked for.
    public static let none = PartialWork()

    /// The clients of a round that do partial work, each with its number of local epochs, drawn from 1 to `localEpochs`.
    ///
    /// - Parameters:
    ///   - cohort: of the round, in the order of client ids.
    ///   - localEpochs: E, at least 1.
    public func epochs(of cohort: [ClientID], in round: UInt32, localEpochs: Int, seed: UInt64) -> [ClientID: Int] {
        guard share > 0 else { return [:] }
        var epochs: [ClientID: Int] = [:]
        let drawn = draw == .cohort ? sample(of: cohort, in: round, seed: seed) : []
        for client in cohort {
            // Its first number says whether the client draws itself, the next how much it does.
            var stream = RandomStream(seed: seed, purpose: .partialWork, round: round, client: client.rawValue)
            let drawsItself = stream.uniform() < share
            guard draw == .cohort ? drawn.contains(client) : drawsItself else { continue }
            epochs[client] = 1 + stream.below(localEpochs)
        }
        return epochs
    }

    /// How many of a cohort surely do partial work.
    ///
    /// - Parameter size: of the cohort.
    public func fewest(ofCohort size: Int) -> Int {
        switch draw {
        case .cohort: Int((share * Double(size)).rounded())
        case .clients: share < 1 ? 0 : size
        }
    }

    private func sample(of cohort: [ClientID], in round: UInt32, seed: UInt64) -> Set<ClientID> {
        var stream = RandomStream(seed: seed, purpose: .stragglers, round: round)
        return Set(stream.sample(fewest(ofCohort: cohort.count), below: cohort.count).map { cohort[$0] })
    }
}
