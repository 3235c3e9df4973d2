import Federation
import Parameters
import RunStore

/// What a run has left in its record.
struct RunResult: Sendable {
    /// Of the model after each round, with what the server remembers.
    let digests: [String]
    /// The rows of each round's clients, ascending.
    let clients: [[ClientRoundRecord]]

    init(_ store: RunStore, _ identity: RunIdentity) async throws {
        let rounds = try await store.reader.rounds(of: identity)
        var clients: [[ClientRoundRecord]] = []
        for round in rounds { clients.append(try await store.reader.clientRounds(of: identity, round: round.round)) }
        digests = rounds.map { ($0.stateDigest ?? $0.modelDigest).description }
        self.clients = clients
    }

    /// Whether every client of every cohort has reported.
    var isComplete: Bool { clients.allSatisfy { $0.allSatisfy { $0.status == .reported } } }

    /// The most attempts that a client took.
    var attempts: Int { clients.joined().map(\.attempt).max() ?? 0 }

    /// Each round's cohort, ascending.
    var cohorts: [[ClientID]] { clients.map { $0.map(\.client) } }
}
