internal import Synchronization

/// How many connections may at once read on after the header of a transfer before their owners have asked for what follows.
///
/// Who is alone so loses no time; where thousands begin at once, all but these few leave their bytes in the socket.
public final class ReadAhead: Sendable {
    private let free: Atomic<Int>

    /// - Parameter places: the number of connections, at least 0.
    public init(_ places: Int) {
        free = Atomic(places)
    }

    /// Takes a place, if there is one.
    func take() -> Bool {
        if free.subtract(1, ordering: .relaxed).newValue >= 0 { return true }
        giveBack()
        return false
    }

    func giveBack() {
        free.add(1, ordering: .relaxed)
    }
}
