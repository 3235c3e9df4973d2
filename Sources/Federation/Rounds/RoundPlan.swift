/// What the round machine has to know of a scenario.
public struct RoundPlan: Sendable, Hashable {
    public let seed: UInt64
    /// The number of rounds in the run; at least 1.
    public let rounds: UInt32
    /// K, the population.
    public let clients: Int
    /// The clients that must have joined before the first round; 1 … `clients`. With fewer than all, the others may come later:
    /// one that is selected and has never come is missing in that round.
    public let startingClients: Int
    /// How the clients of a round are chosen.
    public let selection: SelectionChoice
    /// How long a round may take, of the time that ``deadlines`` allow at most.
    public let deadline: DeadlineChoice
    /// The number of clients selected for a round; 1 … `clients`.
    public let cohort: Int
    /// The updates with which a round closes, whoever has not reported yet; 1 … `cohort`. Fewer than `cohort` where more clients
    /// are selected than are needed (Bonawitz et al. 2019, "Towards Federated Learning at Scale: System
    /// Design").
    public let wantedUpdates: Int
    /// The fewest updates that make a round; 1 … `wantedUpdates`.
    public let minimumUpdates: Int
    /// Whether the evaluation of a round decides if there is a next one, which then cannot begin before.
    public let waitsForEvaluation: Bool
    /// How long the run waits for its clients.
    public let deadlines: RoundDeadlines

    public init(
        seed: UInt64, rounds: UInt32, clients: Int, startingClients: Int? = nil, cohort: Int,
        selection: SelectionChoice = .uniform, deadline: DeadlineChoice = .fixed, wantedUpdates: Int? = nil,
        minimumUpdates: Int,
        waitsForEvaluation: Bool = false,
        deadlines: RoundDeadlines = RoundDeadlines()
    ) {
        precondition(rounds > 0 && cohort > 0 && cohort <= clients)
        let wantedUpdates = wantedUpdates ?? cohort
        let startingClients = startingClients ?? clients
        precondition(startingClients > 0 && startingClients <= clients)
        precondition(minimumUpdates > 0 && minimumUpdates <= wantedUpdates && wantedUpdates <= cohort)
        self.seed = seed
        self.rounds = rounds
        self.clients = clients
        self.startingClients = startingClients
        self.selection = selection
        self.deadline = deadline
        self.cohort = cohort
        self.wantedUpdates = wantedUpdates
        self.minimumUpdates = minimumUpdates
        self.waitsForEvaluation = waitsForEvaluation
        self.deadlines = deadlines
    }

    /// Whether the machine goes by what is known of clients from the rounds before.
    public var needsExperience: Bool { selection.make().needsExperience || deadline.make().needsExperience }

    /// The clients that are selected for a round, ascending; `nil` where that depends on who is there, or on what came before.
    ///
    /// - Parameter examples: how many a client holds; one with none is never selected.
    public func selected(in round: UInt32, examples: @escaping (ClientID) -> Int = { _ in 1 }) -> [ClientID]? {
        let rule = selection.make()
        guard !rule.needsPresence, !rule.needsExperience else { return nil }
        let clients = (0..<UInt32(clients)).map { ClientID($0) }.filter { examples($0) > 0 }
        return select(rule, of: Candidates(clients: clients, examples: examples), in: round)
    }

    /// The round's cohort of the candidates: all of them where there are no more.
    func select(_ rule: any SelectionRule, of candidates: Candidates, in round: UInt32) -> [ClientID] {
        cohort < candidates.clients.count
            ? rule.select(cohort, of: candidates, seed: seed, round: round) : candidates.clients
    }
}
