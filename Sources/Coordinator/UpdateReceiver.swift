import Federation
import Learning
import NIOCore
import Parameters
import Runs
import Transport
import Wire

/// Receives the updates of one connection, one after the other.
///
/// It belongs to the one task that reads the connection.
final class UpdateReceiver {
    private enum State {
        case idle
        case receiving(UpdateHeader, IncomingTransfer, since: ContinuousClock.Instant)
        /// An update that is not wanted: its bytes are read past.
        case skipping(UpdateHeader, UpdateDisposition, remaining: UInt64)

        /// Whose update is on its way.
        var key: UpdateKey? {
            switch self {
            case .idle: nil
            case .receiving(let header, _, _), .skipping(let header, _, _): header.key
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
        case .updateChunk(let chunk): try await append(chunk)
        case .trainingFailed(let failed): try await give(up: failed)
        default: break
        }
    }

    /// Gives back what it holds; for the end of the connection, too.
    func release() {
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
        let transfer = try IncomingTransfer(
            byteCount: header.byteCount, codec: header.codec, digest: header.digest,
            layout: coordinator.context.model.layout)
        try await link.connection.withoutListening { try await coordinator.uploads.acquire() }
        holdsSlot = true
        state = .receiving(header, transfer, since: .now)
        expectMore()
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
        case .receiving(let header, var transfer, let since):
            state = .idle  // So that the transfer is not copied when it grows.
            guard try transfer.append(offset: chunk.offset, bytes: chunk.bytes) else {
                state = .receiving(header, transfer, since: since)
                expectMore()
                return
            }
            let receipt = try await finish(header, &transfer, since)
            release()
            link.send(.receipt(receipt))
        }
    }

    private func finish(
        _ header: UpdateHeader, _ transfer: inout IncomingTransfer, _ since: ContinuousClock.Instant
    ) async throws -> Receipt {
        let parameters: ParameterVector
        do {
            parameters = try transfer.finish()
        } catch {
            await coordinator.fail(header.key, .rejected, error.text, link)
            return Receipt(key: header.key, outcome: .rejected, text: error.text)
        }
        let update = ReceivedUpdate(header: header, parameters: parameters, transferDuration: since.duration(to: .now))
        // Before it is taken: the round may be committed right after.
        if try await coordinator.disposition(of: header.key, from: link) == .wanted {
            try await coordinator.ledger.keep(update)
        }
        return try await coordinator.take(update, from: link)
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
