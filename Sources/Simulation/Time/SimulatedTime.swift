import Datasets
import Federation
import Foundation
import RunStore
import Runs
import Scenarios
import Wire

/// The devices and links of a run whose time is simulated: when the clients that are trained here would have trained and sent.
struct SimulatedTime {
    /// What time brings.
    enum Happening {
        case timer(RoundTimer)
        case arrived(ReceivedUpdate)
        case failed(UpdateKey, FailureReason, String)
        /// A client has trained, and its update is on its way.
        case sent
    }

    /// What has come of a training here.
    enum Outcome {
        case update(ReceivedUpdate)
        case failure(FailureReason, String)
    }

    private let clock: VirtualClock
    /// `nil`: nothing takes time, and the order of the ids decides who is first.
    private let fleet: DeviceFleet?
    private let examples: Partition
    private let seed: UInt64
    private var timeline = Timeline()
    /// How long the clients train that have been invited.
    private var durations: [UpdateKey: Duration] = [:]
    /// Of trainings that have not ended in their own time yet, or whose updates are under way.
    private var outcomes: [UpdateKey: Outcome] = [:]

    /// - Parameter clock: the run's; `nil` if nothing takes time.
    init(_ context: RunContext, clock: VirtualClock?) {
        self.clock = clock ?? VirtualClock(began: .now)
        fleet = clock == nil ? nil : context.scenario.fleet
        examples = context.partition
        seed = context.scenario.seed
    }

    /// The client is sent the model and trains.
    mutating func invite(_ key: UpdateKey, modelBytes: Int, epochs: Int) {
        var download = Duration.zero
        var training = Duration.zero
        if let device = fleet?[key.client] {
            download = device.download(bytes: modelBytes)
            training = device.training(
                samples: examples.count(of: Int(key.client.rawValue)) * epochs, client: key.client, round: key.round,
                seed: seed)
        }
        durations[key] = training
        timeline.begin(key, until: clock.elapsed + download + training)
    }

    /// The client is left out, which takes no time.
    mutating func exclude(_ key: UpdateKey) {
        durations[key] = .zero
        timeline.begin(key, until: clock.elapsed)
    }

    /// The client that is to be trained next.
    mutating func nextToTrain() -> UpdateKey? { timeline.nextToTrain() }

    /// A training here has ended.
    mutating func note(_ outcome: Outcome, of key: UpdateKey) {
        // Of a round that is still collected.
        if durations[key] != nil { outcomes[key] = outcome }
    }

    mutating func start(_ timer: RoundTimer, _ duration: Duration) {
        if fleet != nil { timeline.start(timer, until: clock.elapsed + duration) }
    }

    mutating func stop(_ timer: RoundTimer) { timeline.stop(timer) }

    /// Nobody is waited for any more.
    mutating func endCollection() {
        timeline.endCollection()
        durations.removeAll()
        outcomes.removeAll()
    }

    /// Lets the next thing happen; `nil` where a training here has to end first, or nothing is to come.
    mutating func advance() -> Happening? {
        guard let next = timeline.next() else { return nil }
        let happening: Happening
        switch next.event {
        case .timer(let timer):
            happening = .timer(timer)
        case .arrived(let key):
            guard case .update(let update) = outcomes.removeValue(forKey: key) else { return nil }
            happening = .arrived(update)
        case .trained(let key):
            switch outcomes[key] {
            case .failure(let reason, let detail): happening = .failed(key, reason, detail)
            case .update: happening = .sent
            case nil: return nil
            }
        }
        // Before anything is put in that comes at the same instant.
        timeline.removeNext()
        clock.advance(to: next.time)
        if case .trained(let key) = next.event, case .update(let update) = outcomes[key] { send(update) }
        return happening
    }

    /// The client's update goes, with the times of its device.
    private mutating func send(_ update: ReceivedUpdate) {
        let key = update.header.key
        guard let device = fleet?[key.client] else { return timeline.send(key, until: clock.elapsed) }
        let upload = device.upload(bytes: Int(clamping: update.header.byteCount))
        var header = update.header
        header.trainMicroseconds = UInt64((durations[key] ?? .zero) / .microseconds(1))
        outcomes[key] = .update(ReceivedUpdate(header: header, parts: update.parts, transferDuration: upload))
        timeline.send(key, until: clock.elapsed + upload)
    }
}
