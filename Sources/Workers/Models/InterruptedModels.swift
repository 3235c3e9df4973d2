import Synchronization
import Wire

/// What a process has of the open round's model from connections that were lost, so that the next one need not be sent it
/// again from the beginning.
///
/// Each connection goes on with what it had itself: what it has told the coordinator of stays until the round is over, and
/// for the same reason nothing is put in another's place when there is no room.
final class InterruptedModels: Sendable {
    /// What there is of a model.
    enum Remains {
        case whole(RoundModel)
        case part(IncomingTransfer)
        /// Nothing: the round is over, and what still comes of its model is of no use.
        case obsolete
    }

    private struct State {
        var run: WireIdentifier?
        var rounds = OpenRounds()
        /// Of the one model that there is something of.
        var header: ModelHeader?
        var whole: RoundModel?
        var parts: [WireIdentifier: IncomingTransfer] = [:]

        mutating func clear() {
            (header, whole, parts) = (nil, nil, [:])
        }

        /// Whether there is a place for something of the model with this header; an older one's goes.
        mutating func makeRoom(for header: ModelHeader, of run: WireIdentifier) -> Bool {
            guard self.run == run, rounds.contains(header.round), (self.header?.round ?? 0) <= header.round else {
                return false
            }
            if self.header != header { clear() }
            self.header = header
            return true
        }
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: the most connections of which a part is kept; each takes the memory of a model.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The worker takes part in this run; nothing is kept of another.
    func greeted(_ run: WireIdentifier) {
        state.withLock { state in
            guard state.run != run else { return }
            state = State()
            state.run = run
        }
    }

    /// A model of the round comes: those before it are not wanted.
    func opened(_ round: UInt32) {
        state.withLock { state in
            state.rounds.opened(round)
            if let header = state.header, header.round < round { state.clear() }
        }
    }

    /// The model of the round, and those before it, are not wanted.
    func closed(_ round: UInt32) {
        state.withLock { state in
            state.rounds.closed(round)
            if let header = state.header, header.round <= round { state.clear() }
        }
    }

    /// Keeps a model that is all there; one for all connections.
    func keep(_ model: RoundModel, _ header: ModelHeader, of run: WireIdentifier) {
        state.withLock { state in
            if state.makeRoom(for: header, of: run) { state.whole = model }
        }
    }

    /// Keeps what has come of a model on the worker's connection.
    func keep(_ transfer: IncomingTransfer, _ header: ModelHeader, of run: WireIdentifier, for worker: WireIdentifier) {
        state.withLock { state in
            guard state.makeRoom(for: header, of: run), state.parts.count < capacity || state.parts[worker] != nil
            else { return }
            state.parts[worker] = transfer
        }
    }

    /// What the worker can tell the coordinator that it has.
    func held(by worker: WireIdentifier) -> ModelHeld? {
        state.withLock { state in
            guard let header = state.header else { return nil }
            if state.whole != nil { return ModelHeld(header: header, offset: header.byteCount) }
            return state.parts[worker].map { ModelHeld(header: header, offset: $0.receivedCount) }
        }
    }

    /// What the rest that comes is the rest of.
    ///
    /// - Throws: ``WireError/Code/transferOutOfOrder`` if it does not fit what there is.
    func remains(for rest: ModelRest, of worker: WireIdentifier) throws(WireError) -> Remains {
        try state.withLock { (state) throws(WireError) in
            guard let header = state.header, header == rest.header else {
                guard !state.rounds.contains(rest.header.round) || state.header?.round ?? 0 > rest.header.round else {
                    throw WireError(.transferOutOfOrder, "the rest of a model came of which nothing is here")
                }
                return .obsolete
            }
            if rest.offset == header.byteCount, let whole = state.whole { return .whole(whole) }
            guard let part = state.parts.removeValue(forKey: worker), part.receivedCount == rest.offset else {
                throw WireError(.transferOutOfOrder, "the rest of a model came from another byte than the next")
            }
            return .part(part)
        }
    }
}
