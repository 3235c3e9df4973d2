internal import Randomness
public import Settings

/// All clients in turn, in an order that the seed draws once: nobody is selected again before everybody else has been.
public struct RoundRobinSelection: SelectionRule {
    public static let name = "round_robin"
    public static let summary = "all clients in turn, in an order that the seed draws"

    public init(_ values: SettingValues) {}

    public func select(_ size: Int, of candidates: Candidates, seed: UInt64, round: UInt32) -> [ClientID] {
        let count = candidates.clients.count
        var order = (0..<Int32(count)).map { $0 }
        var stream = RandomStream(seed: seed, purpose: .selection)
        stream.shuffle(&order)
        let begin = (Int(round) - 1) * size % count
        return (begin..<begin + size).map { candidates.clients[Int(order[$0 % count])] }.sorted()
    }
}
