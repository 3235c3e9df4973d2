internal import NIOCore
import Synchronization

/// Connections that have been accepted and not been served. Each is held here until it is: one that comes in the moment in which
/// the listening ends would be let go of unserved, and its writer, which wants to be finished, would end the process.
final class AcceptedChannels: Sendable {
    private struct State {
        var waiting: [ObjectIdentifier: ConnectionScope.Channel] = [:]
        var isOver = false
    }

    /// The listening is over.
    struct Over: Error {}

    private let state = Mutex(State())

    /// Keeps a channel that `make` wraps.
    ///
    /// - Throws: ``Over`` when nobody will serve it; then it is not made.
    func add(_ make: () throws -> ConnectionScope.Channel) throws -> ConnectionScope.Channel {
        try state.withLock { state in
            guard !state.isOver else { throw Over() }
            let channel = try make()
            state.waiting[ObjectIdentifier(channel.messages.channel)] = channel
            return channel
        }
    }

    /// The channel is about to be served.
    func take(_ channel: ConnectionScope.Channel) {
        state.withLock { _ = $0.waiting.removeValue(forKey: ObjectIdentifier(channel.messages.channel)) }
    }

    /// Closes those that nobody has served, and takes no more.
    func end() async {
        let left = state.withLock { state in
            state.isOver = true
            defer { state.waiting.removeAll() }
            return Array(state.waiting.values)
        }
        for channel in left { try? await channel.messages.executeThenClose { _, _ in } }
    }
}
