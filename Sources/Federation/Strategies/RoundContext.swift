/// What ``Strategy/step(_:_:_:)`` knows of the round beside its updates.
public struct RoundContext: Sendable, Hashable {
    /// From 1.
    public let round: UInt32
    /// N, the clients of the population.
    public let clients: Int
    /// What the server's learning rate is multiplied by in this round.
    public let rateFactor: Double

    public init(round: UInt32, clients: Int, rateFactor: Double = 1) {
        self.round = round
        self.clients = clients
        self.rateFactor = rateFactor
    }
}
