internal import Synchronization

/// What a coordinator says of itself to those who watch over it.
public final class HealthState: Sendable {
    /// As it is told, one JSON object.
    public struct Snapshot: Codable, Sendable, Equatable {
        /// Whether rounds go on.
        public var isReady = false
        /// What it waits for or does, for people.
        public var state = "starting"
        public var run: Int64?
        public var clientsJoined = 0
        public var clientsNeeded = 0
        /// The round that is being collected.
        public var round = 0
        public var roundsCommitted = 0
        public var roundsPlanned = 0

        public init() {}
    }

    private let state = Mutex(Snapshot())

    public init() {}

    public var snapshot: Snapshot { state.withLock { $0 } }

    public func update(_ change: (inout Snapshot) -> Void) {
        state.withLock { change(&$0) }
    }
}
