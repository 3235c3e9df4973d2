package import Federation
import HeapModule

/// What is going to happen in a simulated run, in the order of its time. Of what happens at the same instant, updates come before
/// trainings that end and these before timers, clients in the order of their ids: a rule, so that a run is the same each time.
package struct Timeline {
    package enum Event: Sendable, Hashable {
        /// An update has come whole.
        case arrived(UpdateKey)
        /// A client has trained.
        case trained(UpdateKey)
        case timer(RoundTimer)
    }

    private struct Entry: Comparable {
        let time: Duration
        let rank: Int
        let client: UInt32
        let attempt: UInt32
        let event: Event

        static func < (a: Entry, b: Entry) -> Bool {
            (a.time, a.rank, a.client, a.attempt) < (b.time, b.rank, b.client, b.attempt)
        }
    }

    private var entries = Heap<Entry>()
    /// Clients whose training has not been begun here, by when it ends there.
    private var waiting = Heap<Entry>()
    /// The timers that run; entries of others are passed over, and so are those of updates that nobody waits for.
    private var timers: Set<RoundTimer> = []
    private var awaited: Set<UpdateKey> = []

    package init() {}

    /// A client has been invited, and will have trained at this time.
    package mutating func begin(_ key: UpdateKey, until time: Duration) {
        awaited.insert(key)
        let entry = Entry(
            time: time, rank: 1, client: key.client.rawValue, attempt: key.attempt, event: .trained(key))
        entries.insert(entry)
        waiting.insert(entry)
    }

    /// The client whose training ends first among those that are not begun here.
    package mutating func nextToTrain() -> UpdateKey? {
        while let entry = waiting.popMin() {
            if case .trained(let key) = entry.event, awaited.contains(key) { return key }
        }
        return nil
    }

    /// The client's update is on its way, and will have come at this time.
    package mutating func send(_ key: UpdateKey, until time: Duration) {
        entries.insert(
            Entry(time: time, rank: 0, client: key.client.rawValue, attempt: key.attempt, event: .arrived(key)))
    }

    package mutating func start(_ timer: RoundTimer, until time: Duration) {
        timers.insert(timer)
        let client: UInt32 = if case .absence(let client, _) = timer { client.rawValue } else { 0 }
        entries.insert(Entry(time: time, rank: 2, client: client, attempt: 0, event: .timer(timer)))
    }

    package mutating func stop(_ timer: RoundTimer) { timers.remove(timer) }

    /// Nobody is waited for any more.
    package mutating func endCollection() {
        awaited.removeAll()
        waiting = Heap()
    }

    /// What happens next, and when; `nil` if nothing does.
    package mutating func next() -> (time: Duration, event: Event)? {
        while let entry = entries.min {
            switch entry.event {
            case .arrived(let key) where awaited.contains(key), .trained(let key) where awaited.contains(key):
                return (entry.time, entry.event)
            case .timer(let timer) where timers.contains(timer):
                return (entry.time, entry.event)
            case .arrived, .trained, .timer:
                entries.removeMin()
            }
        }
        return nil
    }

    /// ``next()`` has happened.
    package mutating func removeNext() {
        guard let entry = entries.popMin() else { return }
        switch entry.event {
        case .arrived(let key): awaited.remove(key)
        case .trained: break
        case .timer(let timer): timers.remove(timer)
        }
    }
}
