import Client
import Federation
import Foundation
import Parameters
import Synchronization

/// What clients come to remember while rounds are done again: in a folder of its own, which goes with this.
final class ReplayedStates: Sendable {
    let states: ClientStates
    private let last = Mutex<[ClientID: UInt32]>([:])

    init() {
        states = ClientStates(
            path: FileManager.default.temporaryDirectory.appending(path: "fed-replay-\(UUID().uuidString)")
                .path(percentEncoded: false))
    }

    deinit { states.removeAll() }

    /// Begins with the first round.
    func reset() {
        last.withLock { $0 = [:] }
        states.removeAll()
    }

    /// The client remembers this of a round before the first.
    func remember(_ state: Parts, of client: ClientID, from round: UInt32) throws {
        try states.keep(state, of: client, after: round, from: round)
        last.withLock { $0[client] = round }
    }

    /// The last round of each client whose update counted.
    var lastRounds: [ClientID: UInt32] { last.withLock { $0 } }

    /// The client's last round whose update counted; 0 if there is none.
    func lastRound(of client: ClientID) -> UInt32 {
        last.withLock { $0[client] ?? 0 }
    }

    /// The updates of these clients are part of the round.
    func counted(_ clients: [ClientID], in round: UInt32) {
        last.withLock { last in
            for client in clients { last[client] = round }
        }
    }
}
