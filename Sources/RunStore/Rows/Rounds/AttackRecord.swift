/// A row of `attacks`: one behaviour of a run's clients in one round.
public struct AttackRecord: Sendable, Hashable, Codable {
    /// Its place in the scenario's list, from 1.
    public var place: Int
    /// The behaviour's name.
    public var kind: String
    /// How many clients of the round's cohort behaved so.
    public var clients: Int
    /// What part of the test examples the round's model classifies as the attack wants it, 0 to 1; `nil` where it wants
    /// nothing in particular.
    public var success: Double?

    public init(place: Int, kind: String, clients: Int, success: Double? = nil) {
        self.place = place
        self.kind = kind
        self.clients = clients
        self.success = success
    }
}

/// An ``AttackRecord`` with the round that it belongs to.
public struct RoundAttack: Sendable, Hashable, Codable {
    public var round: Int
    public var attack: AttackRecord

    public init(round: Int, attack: AttackRecord) {
        self.round = round
        self.attack = attack
    }
}
