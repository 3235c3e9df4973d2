import Federation
import Foundation
import Testing

/// Names that stand in the record and in messages.
struct IdentifierTests {
    @Test("Clients are in the order of their numbers")
    func clients() throws {
        let clients = [ClientID(10), ClientID(9), ClientID(.max), ClientID(0)]
        #expect(clients.sorted().map(\.rawValue) == [0, 9, 10, .max])
        #expect("\(ClientID(42))" == "42")
        let encoded = try JSONEncoder().encode([ClientID(42)])
        #expect(String(decoding: encoded, as: UTF8.self) == "[42]")
        #expect(try JSONDecoder().decode([ClientID].self, from: encoded) == [ClientID(42)])
    }

    @Test("A key names round, client and attempt, and differs in each")
    func keys() {
        let key = UpdateKey(round: 3, client: ClientID(7), attempt: 2)
        #expect("\(key)" == "round 3, client 7, attempt 2")
        #expect(key == UpdateKey(round: 3, client: ClientID(7), attempt: 2))
        #expect(key != UpdateKey(round: 4, client: ClientID(7), attempt: 2))
        #expect(key != UpdateKey(round: 3, client: ClientID(8), attempt: 2))
        #expect(key != UpdateKey(round: 3, client: ClientID(7), attempt: 1))
    }

    @Test("Reasons keep the words that stand in the record")
    func reasons() {
        #expect(
            FailureReason.allCases.map(\.rawValue) == [
                "disconnected", "deadline", "diverged", "failed", "stopped", "rejected", "excluded", "straggler",
                "surplus", "stale",
            ])
    }
}
