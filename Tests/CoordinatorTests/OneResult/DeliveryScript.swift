import Client
import Federation
import Foundation
import Synchronization
import Wire
import Workers

/// When and how often ``DirectedWorker``s send their updates: one after the other in a given order, each after the last
/// receipt for the one before.
final class DeliveryScript: Sendable {
    /// A client's part in a round.
    struct Part: Hashable, Sendable {
        let round: UInt32
        let client: ClientID
    }

    private struct Turn {
        /// Ends when it is the part's turn.
        let start: AsyncStream<Never>
        let begin: AsyncStream<Never>.Continuation
        let next: Part?
    }

    /// What the clients of all workers remember: they share a machine.
    let states = ClientStates(
        path: FileManager.default.temporaryDirectory.appending(path: "states-\(UUID().uuidString)")
            .path(percentEncoded: false))
    /// How often each update is sent.
    let copies: Int
    private let turns: [Part: Turn]
    private let received = Mutex<[Receipt]>([])

    /// - Parameter order: for each round, from the first, its cohort in the order of sending.
    init(order: [[ClientID]], copies: Int) {
        self.copies = copies
        let parts = order.enumerated().flatMap { index, clients in
            clients.map { Part(round: UInt32(index + 1), client: $0) }
        }
        var turns: [Part: Turn] = [:]
        for (index, part) in parts.enumerated() {
            let (start, begin) = AsyncStream.makeStream(of: Never.self)
            turns[part] = Turn(start: start, begin: begin, next: index + 1 < parts.count ? parts[index + 1] : nil)
        }
        self.turns = turns
        parts.first.map { turns[$0]?.begin.finish() }
    }

    deinit { states.removeAll() }

    /// Waits until the client's update of the round may be sent.
    func turn(of key: UpdateKey) async {
        guard let turn = turns[Part(round: key.round, client: key.client)] else { return }
        for await _ in turn.start {}
    }

    /// Takes the coordinator's answer to an update.
    func take(_ receipt: Receipt) {
        let count = received.withLock { received in
            received.append(receipt)
            return received.count { $0.key == receipt.key }
        }
        guard count == copies else { return }
        let next = turns[Part(round: receipt.key.round, client: receipt.key.client)]?.next
        next.map { turns[$0]?.begin.finish() }
    }

    /// The coordinator's answers, as they came.
    var receipts: [Receipt] { received.withLock { $0 } }

    /// The clients in the order in which the coordinator took their updates in, for each round.
    func arrivals(rounds: Int) -> [[ClientID]] {
        let accepted = receipts.filter { $0.outcome == .accepted }
        return (1...rounds).map { round in accepted.filter { $0.key.round == UInt32(round) }.map(\.key.client) }
    }
}
