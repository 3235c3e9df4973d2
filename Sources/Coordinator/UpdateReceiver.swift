import Federation
import Learning
import NIOCore
import Parameters
import Runs
import Scenarios
import Transport
import Wire

/// Receives the updates of one connection, one after the other.
///
/// It belongs to the one task that reads the connection.
final class UpdateReceiver {
    private enum State {
        case idle
        case receiving(UpdateHeader, IncomingTransfer, since: ContinuousClock.Instant, isResumed: Bool)
        /// An update that is not wanted: its bytes are read past.
        case skipping(UpdateHeader, UpdateDisposition, remaining: UInt64)

        /// Whose update is on its way.
        var key: UpdateKey? {
            switch self {
            case .idle: nil
            case .receiving(let header, _, _, _), .skipping(let header, _, _): header.key
            }
        }
    }

    private let coordinator: RunCoordinator
    private let link: WorkerLink
    private var state = State.idle
    private var holdsSlot = false

    init(coordinator: RunCoordinator, link: WorkerLink) {
        self.coordinator = coordinator
        self.link = link
    }

    /// Takes a message that the session has let through.
    func take(_ message: Message) async throws {
        switch message {
        case .updateHeader(let header): try await begin(header)
        case .updateOffer(let offer): try await answer(offer.header)
        case .updateChunk(let chunk): try await append(chunk)
        case .trainingFailed(let failed): try await give(up: failed)
        default: break
        }
    }

    /// The connection has ended: what has come of an update is kept for the next one.
    func end() {
        if case .receiving(let header, let transfer, _, _) = state, transfer.receivedCount > 0 {
            coordinator.partialUpdates.keep(transfer, of: header, from: link.id)
        }
        release()
    }

    /// Gives back what it holds.
    private func release() {
        state = .idle
        link.connection.met(.transfer)
        if holdsSlot {
            holdsSlot = false
            coordinator.uploads.release()
        }
    }

    private func begin(_ header: UpdateHeader) async throws {
        let disposition = try await coordinator.disposition(of: header.key, from: link)
        guard disposition == .wanted else {
            state = .skipping(header, disposition, remaining: header.byteCount)
            expectMore()
            return
        }
        let transfer = try newTransfer(header)
        try await acquireSlot()
        state = .receiving(header, transfer, since: coordinator.ledger.clock.now(), isResumed: false)
        expectMore()
    }

    /// Asks for what is missing of an update that was offered, or tells the worker that it is not wanted.
    private func answer(_ header: UpdateHeader) async throws {
        var disposition = try await coordinator.disposition(of: header.key, from: link)
        if disposition == .wanted {
            let fresh = try newTransfer(header)
            try await acquireSlot()
            // It may have waited.
            disposition = try await coordinator.disposition(of: header.key, from: link)
            if disposition == .wanted {
                let transfer = coordinator.partialUpdates.take(header, from: link.id) ?? fresh
                let offset = transfer.receivedCount
                link.send(.updateOffset(UpdateOffset(key: header.key, offset: offset)))
                state = .receiving(header, transfer, since: coordinator.ledger.clock.now(), isResumed: offset > 0)
                expectMore()
                coordinator.noteAgain(header, from: offset, link)
                return
            }
            release()
        }
        link.send(.receipt(await coordinator.refuse(header.key, disposition, link)))
    }

    private func newTransfer(_ header: UpdateHeader) throws(WireError) -> IncomingTransfer {
        let codec = coordinator.context.scenario.network.upload.codec
        guard header.codec == codec else {
            throw WireError(
                .unsupportedCodec, "UpdateHeader.codec is \(header.codec), and the invitation asked for \(codec)")
        }
        guard header.scalars.count == coordinator.updateLayout.scalars.count else {
            throw WireError(
                .invalidValue,
                "UpdateHeader.scalars has \(header.scalars.count) numbers, and the strategy's updates "
                    + "\(coordinator.updateLayout.scalars.count)")
        }
        return try IncomingTransfer(
            byteCount: header.byteCount, codec: header.codec, digest: header.digest,
            layout: coordinator.updateLayout.combined, scalars: header.scalars)
    }

    private func acquireSlot() async throws {
        try await link.connection.withoutListening { try await coordinator.uploads.acquire() }
        holdsSlot = true
    }

    private func append(_ chunk: UpdateChunk) async throws {
        switch state {
        case .idle:
            break
        case .skipping(let header, let disposition, let remaining):
            // The session lets no chunk through that goes beyond the transfer.
            let left = remaining - UInt64(chunk.bytes.readableBytes)
            guard left == 0 else {
                state = .skipping(header, disposition, remaining: left)
                expectMore()
                return
            }
            release()
            link.send(.receipt(await coordinator.refuse(header.key, disposition, link)))
        case .receiving(let header, var transfer, let since, let isResumed):
            // Nobody waits for it any more: whoever is slow gives up the place.
            if coordinator.partialUpdates.isClosed(header.key.round) {
                release()
                state = .skipping(header, .late, remaining: header.byteCount - transfer.receivedCount)
                return try await append(chunk)
            }
            state = .idle  // So that the transfer is not copied when it grows.
            guard try transfer.append(offset: chunk.offset, bytes: chunk.bytes) else {
                state = .receiving(header, transfer, since: since, isResumed: isResumed)
                expectMore()
                return
            }
            let receipt = try await finish(header, &transfer, since, isResumed: isResumed)
            release()
            link.send(.receipt(receipt))
        }
    }

    private func finish(
        _ header: UpdateHeader, _ transfer: inout IncomingTransfer, _ since: ContinuousClock.Instant, isResumed: Bool
    ) async throws -> Receipt {
        let values: ParameterVector
        do {
            values = try transfer.finish()
        } catch  where isResumed {
            // The parts do not make a whole. They are gone, so that the next try is from the beginning.
            throw error
        } catch {
            await coordinator.fail(header.key, .rejected, error.text, link)
            return Receipt(key: header.key, outcome: .rejected, text: error.text)
        }
        let update = ReceivedUpdate(
            header: header, parts: Parts(layout: coordinator.updateLayout, values: values, scalars: header.scalars),
            transferDuration: since.duration(to: coordinator.ledger.clock.now()))
        // Before it is taken: the round may be committed right after.
        if try await coordinator.disposition(of: header.key, from: link) == .wanted {
            try await coordinator.ledger.keep(update)
        }
        // Pings are not answered while it waits for its place.
        return try await link.connection.withoutListening { try await coordinator.take(update, from: link) }
    }

    private func give(up failed: TrainingFailed) async throws {
        _ = try await coordinator.disposition(of: failed.key, from: link)
        // It may come in the middle of another client's update, which goes on.
        if state.key == failed.key { release() }
        let reason: FailureReason = failed.reason == .diverged ? .diverged : .failed
        await coordinator.fail(failed.key, reason, failed.text, link)
    }

    private func expectMore() {
        link.connection.expect(.transfer, within: link.connection.limits.transferTimeout)
    }
}
