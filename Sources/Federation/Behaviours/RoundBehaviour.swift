/// A behaviour in one round: whose it is, and what they know.
public struct RoundBehaviour: Sendable, Hashable {
    /// Its place in the scenario's list, from 0.
    public let place: UInt8
    public let choice: BehaviourChoice
    public let attack: AttackContext
    /// Those of the round's clients that behave like this, ascending; on the wire those of one worker alone.
    public var clients: [ClientID]
    /// The clients whose honest updates they know, ascending; empty where they need none.
    public let known: [ClientID]

    public init(
        place: UInt8, choice: BehaviourChoice, attack: AttackContext, clients: [ClientID], known: [ClientID] = []
    ) {
        self.place = place
        self.choice = choice
        self.attack = attack
        self.clients = clients.sorted()
        self.known = known.sorted()
    }
}

extension RoundBehaviour {
    /// Whether the client behaves like this; they ascend.
    func contains(_ client: ClientID) -> Bool {
        var range = clients[...]
        while let middle = range.isEmpty ? nil : range.startIndex + range.count / 2 {
            if range[middle] == client { return true }
            range = range[middle] < client ? range[(middle + 1)...] : range[..<middle]
        }
        return false
    }
}

/// The rules of a run with the clients that they concern, drawn once.
public struct MisbehavingClients: Sendable {
    private let rules: [(rule: BehaviourRule, members: Set<ClientID>, knowledge: Knowledge?)]

    /// - Parameters:
    ///   - population: K, the number of clients.
    ///   - seed: of the run.
    public init(_ rules: [BehaviourRule], population: Int, seed: UInt64) {
        self.rules = rules.map {
            ($0, $0.members(population: population, seed: seed), $0.choice.make().knowledge)
        }
    }

    /// What clients of a round do, in the order of the rules.
    ///
    /// - Parameter cohort: ascending.
    public func behaviours(in round: UInt32, cohort: [ClientID]) -> [RoundBehaviour] {
        rules.enumerated().compactMap { place, entry in
            guard entry.rule.rounds.contains(round) else { return nil }
            let clients = cohort.filter { entry.members.contains($0) }
            guard !clients.isEmpty else { return nil }
            let known: [ClientID] =
                switch entry.knowledge {
                case nil: []
                case .attackers: clients
                case .honest: cohort.filter { !entry.members.contains($0) }
                }
            return RoundBehaviour(
                // A scenario has at most BehaviourRule.most of them.
                place: UInt8(clamping: place), choice: entry.rule.choice,
                attack: AttackContext(round: round, cohort: cohort.count, attackers: clients.count), clients: clients,
                known: known)
        }
    }
}

extension [RoundBehaviour] {
    /// Those of one client.
    public func of(_ client: ClientID) -> [RoundBehaviour] { filter { $0.contains(client) } }
}
