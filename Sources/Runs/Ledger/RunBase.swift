public import Federation
public import Parameters
public import RunStore

/// What a run begins or goes on with: a model and the server's state, at the beginning or after one of its rounds.
public struct RunBase: Sendable {
    /// The round that made the model; 0 for the initial one.
    public let round: Int
    /// The model, and what the strategy remembers with it.
    public let server: Parts
    /// The last round of each client whose update counted, where clients remember something.
    public let clientStates: [ClientID: UInt32]
    /// What clients of a branch that begins remember from the run that it branches off; else `nil`.
    public let remembered: RememberedStates?
    /// Where a simulated run that goes on stood after that round.
    public let timeline: RecordedTimeline?
    /// Earlier models, by the round that made them, from which clients of a simulated run train still that do not wait for each
    /// other.
    public let earlier: [Int: Parts]
    /// What its rounds say of clients, where the machine goes by that.
    public let experiences: [ClientID: Experience]
    /// Which run it branches off; `nil` if none.
    public let branch: RunBranch?

    /// - Parameter clientStates: what `remembered` says unless given.
    public init(
        round: Int, server: Parts, clientStates: [ClientID: UInt32]? = nil, remembered: RememberedStates? = nil,
        timeline: RecordedTimeline? = nil, earlier: [Int: Parts] = [:], experiences: [ClientID: Experience] = [:],
        branch: RunBranch?
    ) {
        self.round = round
        self.server = server.rememberingDigest()
        self.clientStates = clientStates ?? remembered?.rounds ?? [:]
        self.remembered = remembered
        self.timeline = timeline
        self.earlier = earlier
        self.experiences = experiences
        self.branch = branch
    }
}
