internal import Synchronization

/// Whether a connection reads on after the header of a model or an update: one such gate stands between the channel, which
/// reads, and the owner, who says when there is room for what follows.
final class TransferGate: Sendable {
    private enum State: UInt8, AtomicRepresentable {
        case open
        /// A transfer has begun that the owner has not asked for; it is read nevertheless.
        case readAhead
        /// A transfer has begun that the owner has not asked for; nothing is read.
        case closed
    }

    private let state = Atomic<State>(.open)
    private let readAhead: ReadAhead

    /// - Parameter readAhead: bounds the connections that read what nobody has asked for.
    init(readAhead: ReadAhead) {
        self.readAhead = readAhead
    }

    deinit {
        open()
    }

    var isClosed: Bool { state.load(ordering: .relaxed) == .closed }

    /// The header of a transfer has come.
    func begin() {
        if state.load(ordering: .relaxed) == .open, readAhead.take() {
            state.store(.readAhead, ordering: .relaxed)
        } else if state.exchange(.closed, ordering: .relaxed) == .readAhead {
            readAhead.giveBack()
        }
    }

    /// The owner asks for what follows the header that it was given.
    ///
    /// - Returns: whether the gate was closed, so that the channel has to be told.
    @discardableResult
    func open() -> Bool {
        let before = state.exchange(.open, ordering: .relaxed)
        if before == .readAhead { readAhead.giveBack() }
        return before == .closed
    }
}
