import Federation
import Synchronization
import Transport
import Wire

/// Sends the updates of one connection, one after the other.
final class UpdateSender: Sendable {
    /// An update that was offered and not answered.
    private struct Offer: Sendable {
        let key: UpdateKey
        let answer: AsyncStream<UInt64>.Continuation
    }

    private let connection: PeerConnection
    private let sending = Slots(1)
    private let offer = Mutex<Offer?>(nil)

    init(connection: PeerConnection) {
        self.connection = connection
    }

    /// Sends an update whole; returns when the socket has taken it.
    func send(_ update: OutgoingUpdate) async throws {
        try await sending.withSlot {
            for frame in update { try await connection.write(frame) }
            try await connection.drain()
        }
    }

    /// Offers an update that may have been sent in part before, and sends what the coordinator asks for: nothing, if it
    /// answers with a receipt. The coordinator answers as soon as it has room, and its life is watched over meanwhile.
    ///
    /// - Parameter sends: takes note that the message is sent.
    func offer(_ update: OutgoingUpdate, sends: (Message) throws(WireError) -> Void) async throws {
        try await sending.withSlot {
            let (answers, answer) = AsyncStream.makeStream(of: UInt64.self)
            offer.withLock { $0 = Offer(key: update.header.key, answer: answer) }
            defer { offer.withLock { $0 = nil } }
            let message = Message.updateOffer(UpdateOffer(header: update.header))
            try sends(message)
            connection.send(message)
            for await offset in answers {
                for frame in update.chunks(from: offset) { try await connection.write(frame) }
                try await connection.drain()
            }
            try Task.checkCancellation()
        }
    }

    /// The coordinator asks for the update that was offered.
    func take(_ answer: UpdateOffset) {
        offer.withLock { offer in
            guard let current = offer, current.key == answer.key else { return }
            current.answer.yield(answer.offset)
            current.answer.finish()
        }
    }

    /// The coordinator has said what became of an update; one that is on offer it does not want.
    func take(_ receipt: Receipt) {
        offer.withLock { offer in
            if let current = offer, current.key == receipt.key { current.answer.finish() }
        }
    }
}
