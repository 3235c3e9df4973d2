package import Federation
package import Wire

/// What the coordinator has said on a connection of clients that misbehave, for the latest round.
package struct AnnouncedBehaviours: Sendable {
    private var round: UInt32 = 0
    private var behaviours: [UInt8: RoundBehaviour] = [:]

    package init() {}

    package mutating func take(_ message: HostileClients) {
        if message.round != round {
            round = message.round
            behaviours.removeAll()
        }
        var behaviour = message.behaviour
        if let earlier = behaviours[behaviour.place] {
            behaviour.clients = Set(earlier.clients).union(behaviour.clients).sorted()
        }
        behaviours[behaviour.place] = behaviour
    }

    /// Those of a round, in the order of the scenario.
    package func of(_ round: UInt32) -> [RoundBehaviour] {
        round == self.round ? behaviours.values.sorted { $0.place < $1.place } : []
    }
}
