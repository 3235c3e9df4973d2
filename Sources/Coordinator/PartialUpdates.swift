import Federation
import Parameters
import Synchronization
import Wire

/// What has come of updates whose connections were lost, until their round is closed: a worker that comes back and offers
/// the same update goes on where it stopped.
final class PartialUpdates: Sendable {
    /// What has to be the same for the rest to be the rest of it. The attempt does not: the bytes are a client's, not an
    /// invitation's.
    private struct Name: Hashable {
        let worker: WireIdentifier
        let round: UInt32
        let client: ClientID
        let digest: ContentDigest
        let codec: Codec
        let byteCount: UInt64

        init(_ header: UpdateHeader, _ worker: WireIdentifier) {
            self.worker = worker
            round = header.key.round
            client = header.key.client
            digest = header.digest
            codec = header.codec
            byteCount = header.byteCount
        }
    }

    private struct State {
        /// The oldest first.
        var partials: [(name: Name, transfer: IncomingTransfer)] = []
        var closedThrough: UInt32 = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: how many are kept at most, each of which takes the memory of a model; the oldest make way.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Keeps what has come of an update.
    func keep(_ transfer: IncomingTransfer, of header: UpdateHeader, from worker: WireIdentifier) {
        let name = Name(header, worker)
        state.withLock { state in
            guard header.key.round > state.closedThrough else { return }
            state.partials.removeAll { $0.name == name }
            if state.partials.count >= capacity { state.partials.removeFirst() }
            state.partials.append((name, transfer))
        }
    }

    /// What has come of this update, no longer kept.
    func take(_ header: UpdateHeader, from worker: WireIdentifier) -> IncomingTransfer? {
        let name = Name(header, worker)
        return state.withLock { state in
            guard let index = state.partials.firstIndex(where: { $0.name == name }) else { return nil }
            return state.partials.remove(at: index).transfer
        }
    }

    /// Whether the round needs no more updates.
    func isClosed(_ round: UInt32) -> Bool {
        state.withLock { $0.closedThrough >= round }
    }

    /// The round needs no more updates.
    func close(_ round: UInt32) {
        state.withLock { state in
            state.closedThrough = max(state.closedThrough, round)
            state.partials.removeAll { $0.name.round <= round }
        }
    }
}
