import Federation
import NIOCore
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
    ///
    /// - Parameter pace: `nil`: as fast as it goes.
    func send(_ update: OutgoingUpdate, at pace: UploadPace? = nil) async throws {
        try await sending.withSlot {
            guard let pace else { return try await write(update) }
            try await connection.write(Message.updateHeader(update.header).frame())
            try await write(update.chunks(from: 0), of: update, from: 0, at: pace)
        }
    }

    private func write(_ frames: some Sequence<ByteBuffer>) async throws {
        for frame in frames { try await connection.write(frame) }
        try await connection.drain()
    }

    /// Writes chunks at a pace; leaves off when the round does not want them any more.
    private func write(
        _ chunks: some Sequence<ByteBuffer>, of update: OutgoingUpdate, from offset: UInt64, at pace: UploadPace
    ) async throws {
        let begin = ContinuousClock.now
        let all = Int(clamping: update.header.byteCount - offset)
        var sent = 0
        for frame in chunks {
            sent = min(sent + update.chunkSize, all)
            guard try await pace.wait(for: sent, of: all, since: begin) else {
                let key = update.header.key
                connection.send(
                    .trainingFailed(TrainingFailed(key: key, reason: .cancelled, text: "the round is closed")))
                return
            }
            try await connection.write(frame)
            // What is sent is on its way: none of it waits here for more.
            try await connection.drain()
        }
    }

    /// Offers an update that may have been sent in part before, and sends what the coordinator asks for: nothing, if it
    /// answers with a receipt. The coordinator answers as soon as it has room, and its life is watched over meanwhile.
    ///
    /// - Parameter sends: takes note that the message is sent.
    func offer(
        _ update: OutgoingUpdate, at pace: UploadPace? = nil, sends: (Message) throws(WireError) -> Void
    ) async throws {
        try await sending.withSlot {
            let (answers, answer) = AsyncStream.makeStream(of: UInt64.self)
            offer.withLock { $0 = Offer(key: update.header.key, answer: answer) }
            defer { offer.withLock { $0 = nil } }
            let message = Message.updateOffer(UpdateOffer(header: update.header))
            try sends(message)
            connection.send(message)
            for await offset in answers {
                let chunks = update.chunks(from: offset)
                if let pace {
                    try await write(chunks, of: update, from: offset, at: pace)
                } else {
                    try await write(chunks)
                }
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
