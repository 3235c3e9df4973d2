internal import Randomness
public import Settings

/// Oort: clients whose data teach the model most and who are fast, with a part of the round for those that have not been tried (Lai et
/// al. 2021, "Oort: Efficient Federated Learning via Guided Participant Selection", Algorithm 1).
///
/// The utility of a client that has been heard is its examples × its loss, cut off at the 95th percentile, scaled to 0 … 1 over all
/// clients as in the authors' program, plus √(0.1 ln t / L) for the round L in which it was heard last; and × (T / tᵢ)^α if it takes tᵢ,
/// longer than T. Deviations from the paper: the loss is the mean over the client's examples, not its root mean square, since no
/// more is known of it; T is a quantile of the clients' times, without the pacer that lets it grow; and untried clients are drawn
/// alike, since nothing is known of their speed.
public struct OortSelection: SelectionRule {
    public static let name = "oort"
    public static let summary =
        "clients with much to learn from and little to wait for, and some that have not been tried"
    public static let settings: [Setting] = [
        Setting(
            "exploration", .from(0, upTo: 1), default: 0.9,
            "ε, the part of the first round that goes to clients that have not been tried"),
        Setting("exploration_decay", .above(0, upTo: 1), default: 0.98, "what ε is multiplied by after each round"),
        Setting("exploration_least", .from(0, upTo: 1), default: 0.2, "the least that ε becomes"),
        Setting("penalty", .from(0, upTo: 100), default: 2, "α, how much the utility of slow clients suffers"),
        Setting(
            "preferred_time", .above(0, upTo: 1), default: 0.5,
            "the quantile of the clients' times above which a client is slow: T"),
        Setting(
            "cutoff", .from(0, upTo: 1), default: 0.95,
            "clients with so much of the least utility that is needed are drawn, too, each by its utility"),
    ]

    private let exploration: Double
    private let explorationDecay: Double
    private let explorationLeast: Double
    private let penalty: Double
    private let preferredTime: Double
    private let cutoff: Double

    public init(_ values: SettingValues) {
        exploration = values.number("exploration")
        explorationDecay = values.number("exploration_decay")
        explorationLeast = values.number("exploration_least")
        penalty = values.number("penalty")
        preferredTime = values.number("preferred_time")
        cutoff = values.number("cutoff")
    }

    public var needsExperience: Bool { true }

    public func select(_ size: Int, of candidates: Candidates, seed: UInt64, round: UInt32) -> [ClientID] {
        let tried = candidates.clients.filter { candidates.experience($0)?.loss != nil }
        let untried = candidates.clients.filter { candidates.experience($0)?.loss == nil }
        let epsilon = max(
            explorationLeast, exploration * PortableMath.pow(explorationDecay, Double(round) - 1))
        let wanted = min(untried.count, Int((epsilon * Double(size)).rounded()))
        let exploited = min(tried.count, size - wanted)
        var stream = RandomStream(seed: seed, purpose: .selection, round: round)
        let explored = stream.sample(size - exploited, below: untried.count).map { untried[$0] }
        return (explored + exploit(exploited, of: tried, candidates, seed, round)).sorted()
    }

    /// The clients of the greatest utility, or nearly so, each as likely as that says.
    private func exploit(
        _ count: Int, of tried: [ClientID], _ candidates: Candidates, _ seed: UInt64, _ round: UInt32
    ) -> [ClientID] {
        guard count > 0 else { return [] }
        let utilities = utilities(of: tried, candidates, round)
        let least = cutoff * utilities.sorted(by: >)[count - 1]
        let keyed = zip(tried, utilities).filter { $0.1 >= least }.map {
            client, utility -> (key: Double, client: ClientID) in
            var stream = RandomStream(seed: seed, purpose: .selection, round: round, client: client.rawValue &+ 1)
            // log(u) / w orders as u^(1 / w) does.
            return (PortableMath.log(1 - stream.uniform()) / max(utility, 1e-9), client)
        }
        return keyed.sorted { ($0.key, $1.client) > ($1.key, $0.client) }.prefix(count).map(\.client)
    }

    /// Of each client that has been heard.
    func utilities(of tried: [ClientID], _ candidates: Candidates, _ round: UInt32) -> [Double] {
        let known = tried.map { candidates.experience($0) ?? Experience(round: round) }
        var statistical = zip(tried, known).map { client, experience in
            Double(candidates.examples(client)) * abs(experience.loss ?? 0)
        }
        let ceiling = Quantile.nearestRank(0.95, of: statistical) ?? 0
        statistical = statistical.map { min($0, ceiling) }
        let (least, most) = (statistical.min() ?? 0, statistical.max() ?? 0)
        let preferred = Quantile.nearestRank(preferredTime, of: known.compactMap(\.seconds))
        return zip(statistical, known).map { statistical, experience in
            var utility = most > least ? (statistical - least) / (most - least) : 1
            let age = Double(max(1, experience.round))
            utility += (0.1 * PortableMath.log(Double(max(1, round))) / age).squareRoot()
            if let preferred, let seconds = experience.seconds, seconds > preferred {
                utility *= PortableMath.pow(preferred / seconds, penalty)
            }
            return utility
        }
    }
}
