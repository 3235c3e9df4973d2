package import Federation
package import Learning
package import Parameters
import Synchronization
package import Wire

/// What the clients of a process have trained and the coordinator has not acknowledged, so that a connection that is lost
/// costs no training: who is invited again sends what it has. Training is a function of the client, the model and the
/// settings, so the bits are those that training again would give.
///
/// What is kept has a bound of its own beside the places for trainings under way: were places held until the receipt, a
/// slow or lost connection would keep the others from training. Beyond the bound the oldest is let go of, and trained
/// again if it has to be.
package final class KeptUpdates: Sendable {
    /// What an update was made from.
    package struct Origin: Equatable {
        /// The digest of the round's model.
        let model: ContentDigest
        let settings: TrainingSettings
        let codec: Codec
        /// The round from whose update the client's state dates.
        let stateRound: UInt32
        /// What the client did instead of what it was asked for.
        let behaviours: [RoundBehaviour]

        package init(
            model: ContentDigest, settings: TrainingSettings, codec: Codec, stateRound: UInt32 = 0,
            behaviours: [RoundBehaviour] = []
        ) {
            self.model = model
            self.settings = settings
            self.codec = codec
            self.stateRound = stateRound
            // Which of the worker's other clients behave like it changes nothing.
            self.behaviours = behaviours.map { behaviour in
                var behaviour = behaviour
                behaviour.clients = []
                return behaviour
            }
        }
    }

    private struct Part: Hashable {
        let round: UInt32
        let client: ClientID
    }

    private struct Kept {
        let update: OutgoingUpdate
        let origin: Origin
        let number: UInt64
    }

    private struct State {
        var run: WireIdentifier?
        var rounds = OpenRounds()
        var updates: [Part: Kept] = [:]
        var byteCount: UInt64 = 0
        var nextNumber: UInt64 = 0

        mutating func remove(_ part: Part) {
            guard let kept = updates.removeValue(forKey: part) else { return }
            byteCount -= kept.update.header.byteCount
        }

        mutating func removeAll(where isGone: (Part) -> Bool) {
            for part in updates.keys where isGone(part) { remove(part) }
        }
    }

    /// So many bytes are kept, however many updates of a small model they are.
    package static let usualBytes: UInt64 = 16 << 20

    private let count: Int
    private let bytes: UInt64
    private let state = Mutex(State())

    /// - Parameter count: so many updates are kept, however large they are.
    package init(count: Int, bytes: UInt64 = usualBytes) {
        self.count = count
        self.bytes = bytes
    }

    /// The worker takes part in this run; nothing is kept of another.
    package func greeted(_ run: WireIdentifier) {
        state.withLock { state in
            guard state.run != run else { return }
            state = State()
            state.run = run
        }
    }

    /// A model of the round comes. What is kept of earlier rounds may still be wanted, where clients do not wait for each other.
    package func opened(_ round: UInt32) {
        state.withLock { $0.rounds.opened(round) }
    }

    /// Nothing of the round, and of those before it, is wanted.
    package func closed(_ round: UInt32) {
        state.withLock { state in
            state.rounds.closed(round)
            state.removeAll { $0.round <= round }
        }
    }

    /// Keeps an update until it is acknowledged or not wanted.
    package func keep(_ update: OutgoingUpdate, of run: WireIdentifier, from origin: Origin) {
        let key = update.header.key
        let part = Part(round: key.round, client: key.client)
        state.withLock { state in
            guard state.run == run, state.rounds.contains(key.round) else { return }
            state.remove(part)
            state.updates[part] = Kept(update: update, origin: origin, number: state.nextNumber)
            state.nextNumber += 1
            state.byteCount += update.header.byteCount
            while state.updates.count > count, state.byteCount > bytes,
                let oldest = state.updates.min(by: { $0.value.number < $1.value.number })?.key
            {
                state.remove(oldest)
            }
        }
    }

    /// What the client has trained for an earlier invitation to the same round, if it is there.
    package func update(for key: UpdateKey, of run: WireIdentifier, from origin: Origin) -> OutgoingUpdate? {
        state.withLock { state in
            guard state.run == run, let kept = state.updates[Part(round: key.round, client: key.client)],
                kept.origin == origin
            else { return nil }
            return kept.update
        }
    }

    /// The coordinator has said what became of the client's update, or it is lost with the client's device.
    package func remove(_ key: UpdateKey, of run: WireIdentifier) {
        state.withLock { state in
            if state.run == run { state.remove(Part(round: key.round, client: key.client)) }
        }
    }
}
