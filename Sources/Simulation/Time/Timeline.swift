package import Federation
import HeapModule

/// What is going to happen in a simulated run, in the order of its time. Of what happens at the same instant, updates come before
/// trainings that end, these before devices that come, these before devices that go and these before timers, clients in the order of
/// their ids: a rule, so that a run is the same each time.
package struct Timeline {
    package enum Event: Sendable, Hashable {
        /// An update has come whole.
        case arrived(UpdateKey)
        /// A client has trained.
        case trained(UpdateKey)
        /// A device is back that had vanished, or whose connection was cut.
        case back(ClientID)
        /// A device is on from here on.
        case switchedOn(ClientID, stretch: UInt32)
        case switchedOff(ClientID, stretch: UInt32)
        /// A device vanishes, with all its work.
        case vanished(UpdateKey)
        /// The connection is cut on which an update comes.
        case cut(UpdateKey)
        case timer(RoundTimer)

        /// Which comes first of what happens at the same instant.
        fileprivate var rank: UInt8 {
            switch self {
            case .arrived: 0
            case .trained: 1
            case .back: 2
            case .switchedOn: 3
            case .switchedOff: 4
            case .vanished: 5
            case .cut: 6
            case .timer: 7
            }
        }

        fileprivate var client: UInt32 {
            switch self {
            case .arrived(let key), .trained(let key), .vanished(let key), .cut(let key): key.client.rawValue
            case .back(let client), .switchedOn(let client, _), .switchedOff(let client, _),
                .timer(.absence(let client, _)):
                client.rawValue
            case .timer: 0
            }
        }

        fileprivate var attempt: UInt32 { key?.attempt ?? 0 }

        /// The work that it is about.
        fileprivate var key: UpdateKey? {
            switch self {
            case .arrived(let key), .trained(let key), .vanished(let key), .cut(let key): key
            case .back, .switchedOn, .switchedOff, .timer: nil
            }
        }
    }

    private struct Entry: Comparable {
        let time: Duration
        let event: Event

        static func < (a: Entry, b: Entry) -> Bool {
            (a.time, a.event.rank, a.event.client, a.event.attempt)
                < (b.time, b.event.rank, b.event.client, b.event.attempt)
        }
    }

    private var entries = Heap<Entry>()
    /// Clients whose training has not been begun here, by when it ends there.
    private var waiting = Heap<Entry>()
    /// The timers that run, each with its end; entries of others are passed over, and so are those of work that nobody waits for.
    package private(set) var timers: [RoundTimer: Duration] = [:]
    private var awaited: Set<UpdateKey> = []

    package init() {}

    /// Something happens at this time, whatever becomes of the round.
    package mutating func expect(_ event: Event, at time: Duration) {
        entries.insert(Entry(time: time, event: event))
    }

    /// A client has been invited, and will have trained at this time.
    ///
    /// - Parameter isTrained: whether it need not be trained here.
    package mutating func begin(_ key: UpdateKey, until time: Duration, isTrained: Bool = false) {
        schedule(.trained(key), of: key, at: time)
        if !isTrained { waiting.insert(Entry(time: time, event: .trained(key))) }
    }

    /// Something becomes of a client's work at this time, if the round still waits for it.
    package mutating func schedule(_ event: Event, of key: UpdateKey, at time: Duration) {
        awaited.insert(key)
        expect(event, at: time)
    }

    /// A client that trains, or has trained, in its own time has to be trained here, too, by this time.
    package mutating func train(_ key: UpdateKey, by time: Duration) {
        waiting.insert(Entry(time: time, event: .trained(key)))
    }

    /// What comes next of the work of each client that is waited for.
    package var works: [UpdateKey: (event: Event, time: Duration)] {
        var works: [UpdateKey: (event: Event, time: Duration)] = [:]
        for entry in entries.unordered where isDue(entry) {
            if let key = entry.event.key { works[key] = (entry.event, entry.time) }
        }
        return works
    }

    /// The client whose training ends first among those that are not begun here.
    package mutating func nextToTrain() -> UpdateKey? {
        while let entry = waiting.popMin() {
            if case .trained(let key) = entry.event, awaited.contains(key) { return key }
        }
        return nil
    }

    package mutating func start(_ timer: RoundTimer, until time: Duration) {
        timers[timer] = time
        expect(.timer(timer), at: time)
    }

    package mutating func stop(_ timer: RoundTimer) { timers[timer] = nil }

    /// What the client does is of no use any more.
    package mutating func giveUp(_ key: UpdateKey) { awaited.remove(key) }

    /// Nobody is waited for any more.
    package mutating func endCollection() {
        awaited.removeAll()
        waiting = Heap()
    }

    /// What happens next, and when; `nil` if nothing does.
    package mutating func next() -> (time: Duration, event: Event)? {
        while let entry = entries.min {
            if isDue(entry) { return (entry.time, entry.event) }
            entries.removeMin()
        }
        return nil
    }

    private func isDue(_ entry: Entry) -> Bool {
        if let key = entry.event.key { return awaited.contains(key) }
        // One that was started again has another end.
        if case .timer(let timer) = entry.event { return timers[timer] == entry.time }
        return true
    }

    /// ``next()`` has happened.
    package mutating func removeNext() {
        guard let entry = entries.popMin() else { return }
        switch entry.event {
        case .arrived(let key), .vanished(let key), .cut(let key): awaited.remove(key)
        case .timer(let timer): timers[timer] = nil
        case .trained, .back, .switchedOn, .switchedOff: break
        }
    }
}
