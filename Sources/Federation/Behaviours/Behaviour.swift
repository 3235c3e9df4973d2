public import Learning
public import Parameters
public import Randomness
public import Settings

/// What a client does instead of what it is asked for: an attack, or plain carelessness. One file for each, which reads like
/// its paper.
///
/// A behaviour has four places, each of which does nothing unless it is written: the examples that the client trains on,
/// whether it trains, what it claims to have trained, and what it makes of other clients' updates that it knows. It knows no
/// method: whatever the strategy sends is made of the model that the client claims.
///
/// What a behaviour makes is a function of the scenario, the seed, the round, the cohort and the client. <doc:AddingAMethod>
/// walks through writing one.
public protocol Behaviour: Configurable {
    /// What it does, in a line.
    static var summary: String { get }
    /// The paper: authors, title, year, and the place in it.
    static var citation: String { get }

    /// Why its settings do not go together, or not with so many classes, as the end of a sentence that begins with its name;
    /// `nil` if they do.
    func obstacle(classes: Int) -> String?

    /// Whether the client trains at all; one that does not claims the model that it was sent.
    var trains: Bool { get }

    /// Changes the client's own examples before it trains, the same in every round.
    ///
    /// - Parameters:
    ///   - examples: a copy of the client's; at least one has to remain.
    ///   - stream: of this client.
    func poison(_ examples: inout EditableExamples, _ stream: inout RandomStream)

    /// Changes the model that the client claims to have trained.
    ///
    /// - Parameters:
    ///   - trained: what it has trained.
    ///   - start: the round's model.
    ///   - stream: of this client in this round.
    func distort(
        _ trained: inout ParameterVector, from start: ParameterVector, _ attack: AttackContext,
        _ stream: inout RandomStream)

    /// Whose honest updates the client knows; `nil` if nobody's but its own.
    var knowledge: Knowledge? { get }

    /// Makes the model that all clients which behave like this claim, where they know others' updates.
    func forge(_ known: KnownUpdates, _ attack: AttackContext) -> ParameterVector

    /// Test examples that show whether an attack has come to what it wants, with the labels that it wants; `nil` where it
    /// wants nothing in particular. The part of them that the global model classifies so is the attack's success.
    func trial(_ test: ExampleSet) -> ExampleSet?
}

extension Behaviour {
    public var trains: Bool { true }
    public var knowledge: Knowledge? { nil }

    public func obstacle(classes: Int) -> String? { nil }

    public func poison(_ examples: inout EditableExamples, _ stream: inout RandomStream) {}

    public func distort(
        _ trained: inout ParameterVector, from start: ParameterVector, _ attack: AttackContext,
        _ stream: inout RandomStream
    ) {}

    public func forge(_ known: KnownUpdates, _ attack: AttackContext) -> ParameterVector { known.start }

    public func trial(_ test: ExampleSet) -> ExampleSet? { nil }
}

/// What a client that attacks knows of its round.
public struct AttackContext: Sendable, Hashable {
    /// t, from 1.
    public let round: UInt32
    /// n, the clients of the round.
    public let cohort: Int
    /// m, those of them that behave like this; at least 1.
    public let attackers: Int

    public init(round: UInt32, cohort: Int, attackers: Int) {
        self.round = round
        self.cohort = cohort
        self.attackers = attackers
    }
}
