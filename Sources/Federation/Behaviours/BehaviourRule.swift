internal import Randomness

/// Which clients misbehave, how, and in which rounds.
public struct BehaviourRule: Sendable, Hashable {
    public let choice: BehaviourChoice
    public let clients: Clients
    /// The rounds in which they do, from 1.
    public let rounds: ClosedRange<UInt32>

    /// The clients that misbehave.
    public enum Clients: Sendable, Hashable {
        /// A part of the population, from 0 to 1. All shares of a run are counted off in one order that the seed draws, so that
        /// two behaviours with the same share are one group's.
        case share(Double)
        /// Ascending.
        case these([ClientID])
    }

    public init(_ choice: BehaviourChoice, clients: Clients, rounds: ClosedRange<UInt32> = 1...UInt32.max) {
        self.choice = choice
        self.clients = clients
        self.rounds = rounds
    }

    /// The clients, in no order.
    ///
    /// - Parameters:
    ///   - population: K, the number of clients.
    ///   - seed: of the run.
    public func members(population: Int, seed: UInt64) -> Set<ClientID> {
        switch clients {
        case .these(let clients): return Set(clients)
        case .share(let share):
            var order = (0..<Int32(population)).map { $0 }
            var stream = RandomStream(seed: seed, purpose: .attackers)
            stream.shuffle(&order)
            let count = Int((share * Double(population)).rounded())
            return Set(order.prefix(count).map { ClientID(UInt32($0)) })
        }
    }
}
