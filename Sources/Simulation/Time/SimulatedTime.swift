import Datasets
import Federation
import Foundation
import Learning
import RunStore
import Runs
import Scenarios
import Settings
import Wire

/// The devices and links of a run whose time is simulated: when the clients that are trained here would have trained and sent, when
/// they come and go, and what goes wrong with them.
struct SimulatedTime {
    /// What time brings.
    enum Happening {
        case timer(RoundTimer)
        case arrived(ReceivedUpdate)
        case failed(UpdateKey, FailureReason, String)
        case joined(ClientID)
        case left(ClientID, Departure)
        /// Nothing that concerns the run.
        case passed
    }

    /// Why a client is gone.
    enum Departure {
        case switchedOff, vanished, cut

        /// For people.
        var text: String {
            switch self {
            case .switchedOff: "its device was off"
            case .vanished: "its device vanished"
            case .cut: "its connection was cut"
            }
        }
    }

    /// What has come of a training here.
    enum Outcome {
        case update(ReceivedUpdate)
        case failure(FailureReason, String)
    }

    /// What a client does in the round.
    fileprivate struct Work {
        var key: UpdateKey
        var training: Duration
        /// When it was invited to the round for the first time.
        var invited: Duration?
        /// Its training here, which is the same for each attempt.
        var isBegunHere = false
        var outcome: Outcome?
        /// Whether it has trained in its own time, and has the update still.
        var isTrained = false
        /// The bytes of the update, once it has trained.
        var updateBytes = 0
        /// Those that have come, when the sending of the others began, and how long that takes.
        var sentBytes = 0
        var sendingSince: Duration?
        var upload = Duration.zero
    }

    private let clock: VirtualClock
    /// `nil`: nothing takes time, and the order of the ids decides who is first.
    private let fleet: DeviceFleet?
    private let examples: Partition
    private let seed: UInt64
    private let model: ModelDefinition
    private let settings: TrainingSettings
    /// What a training takes where nothing takes time: clients that do not wait for each other then train in turn.
    private let unit: Duration
    private var timeline = Timeline()
    /// Of the clients of the round that is collected.
    private var works: [ClientID: Work] = [:]
    /// Devices that have vanished or whose connection was cut, and when they are back; `nil`: never.
    private var away: [ClientID: Duration?] = [:]

    /// - Parameter clock: the run's; `nil` if nothing takes time.
    init(_ context: RunContext, clock: VirtualClock?) {
        self.clock = clock ?? VirtualClock(began: .now)
        fleet = clock == nil ? nil : context.fleet
        examples = context.partition
        seed = context.scenario.seed
        model = context.model
        settings = context.scenario.train
        unit = context.strategy.asynchrony == nil ? .zero : .milliseconds(1)
    }

    // MARK: Clients come and go

    /// How a client stands when the run begins or goes on.
    enum Standing {
        case present
        /// It has joined before; `until`: when the time of its absence is over, if it is not yet.
        case absent(until: Duration?)
        case neverSeen
    }

    /// Sets out from where the record is.
    ///
    /// - Returns: how each client stands.
    mutating func begin(_ clients: Int, from timeline: RecordedTimeline?) -> [Standing] {
        if let timeline, fleet == nil { clock.advance(to: timeline.elapsed) }
        for work in timeline?.works ?? [] { goOn(with: work) }
        guard let fleet else { return [Standing](repeating: .present, count: clients) }
        let now = clock.elapsed
        for (client, back) in timeline?.away ?? [:] {
            away[client] = back
            if let back { self.timeline.expect(.back(client), at: back) }
        }
        return (0..<UInt32(clients)).map { id in
            let client = ClientID(id)
            let stretch = fleet.stretch(of: client, at: now)
            expectSwitch(after: stretch, of: client)
            if stretch.isOn, away[client] == nil { return .present }
            // Nobody has seen a device that was off from the beginning.
            if stretch.number == 0, !stretch.isOn { return .neverSeen }
            return .absent(until: timeline?.absences[client])
        }
    }

    private mutating func expectSwitch(after stretch: Availability.Stretch, of client: ClientID) {
        guard let end = stretch.end else { return }
        timeline.expect(
            stretch.isOn
                ? .switchedOff(client, stretch: stretch.number) : .switchedOn(client, stretch: stretch.number),
            at: end)
    }

    /// A stretch of being on or off is over.
    private mutating func endStretch(_ number: UInt32, isOn: Bool, of client: ClientID) -> Happening {
        guard let fleet else { return .passed }
        let ended = Availability.Stretch(number: number, isOn: isOn, end: clock.elapsed)
        guard let next = fleet.stretch(after: ended, of: client) else { return .passed }
        expectSwitch(after: next, of: client)
        // A device that is away does not come back for being switched on.
        guard away[client] == nil, next.isOn != isOn else { return .passed }
        if next.isOn { return .joined(client) }
        pause(client)
        return .left(client, .switchedOff)
    }

    /// The device of a client is gone that may have been at work: what was trained stays with it, what was sent with the
    /// coordinator.
    private mutating func pause(_ client: ClientID) {
        guard var work = works[client] else { return }
        timeline.giveUp(work.key)
        if let since = work.sendingSince {
            let part = work.upload > .zero ? min(1, (clock.elapsed - since) / work.upload) : 0
            work.sentBytes += Int(Double(work.updateBytes - work.sentBytes) * part)
            work.sendingSince = nil
        }
        works[client] = work
    }

    /// It comes back so much later; `nil`: never.
    private mutating func goAway(_ client: ClientID, for duration: Duration?) {
        let back = duration.map { clock.elapsed + $0 }
        away[client] = .some(back)
        if let back { timeline.expect(.back(client), at: back) }
    }

    private mutating func comeBack(_ client: ClientID) -> Happening {
        away[client] = nil
        return fleet?.stretch(of: client, at: clock.elapsed).isOn == false ? .passed : .joined(client)
    }

    // MARK: Work

    /// The client is sent the model and trains, or sends what it has trained before.
    mutating func invite(_ key: UpdateKey, modelBytes: Int, epochs: Int) {
        let now = clock.elapsed
        // What it did for another round is of no use.
        if let former = works[key.client], former.key.round != key.round {
            timeline.giveUp(former.key)
            works[key.client] = nil
        }
        guard let device = fleet?[key.client] else {
            works[key.client] = Work(key: key, training: unit, invited: now)
            return timeline.begin(key, until: now + unit)
        }
        if var work = works[key.client], work.isTrained {
            work.key = key
            works[key.client] = work
            // In a run that goes on, what it has trained is made again here first.
            return work.outcome == nil
                ? timeline.begin(key, until: now, isTrained: work.isBegunHere) : send(work)
        }
        let ready = now + device.download(bytes: modelBytes)
        var work = works[key.client] ?? Work(key: key, training: .zero, invited: now)
        work.key = key
        let count = examples.count(of: Int(key.client.rawValue))
        work.training = device.training(samples: count * epochs, client: key.client, round: key.round, seed: seed)
        if let shortage = device.shortage(ofMemory: model.trainingBytes(settings, examples: count)) {
            work.outcome = .failure(.failed, shortage)
            timeline.begin(key, until: ready, isTrained: true)
        } else if let part = device.mishaps(of: key, seed: seed).training {
            timeline.schedule(.vanished(key), of: key, at: ready + work.training.part(part))
        } else {
            timeline.begin(key, until: ready + work.training, isTrained: work.isBegunHere)
        }
        works[key.client] = work
    }

    /// The client is left out, which takes no time.
    mutating func exclude(_ key: UpdateKey) {
        works[key.client] = Work(key: key, training: unit)
        timeline.begin(key, until: clock.elapsed + unit)
    }

    /// The client that is to be trained next.
    mutating func nextToTrain() -> UpdateKey? {
        let key = timeline.nextToTrain()
        if let key { works[key.client]?.isBegunHere = true }
        return key
    }

    /// A training here has ended.
    mutating func note(_ outcome: Outcome, of key: UpdateKey) {
        // Of a round that is still collected.
        if works[key.client]?.key.round == key.round { works[key.client]?.outcome = outcome }
    }

    mutating func start(_ timer: RoundTimer, _ duration: Duration) {
        if fleet != nil { timeline.start(timer, until: clock.elapsed + duration) }
    }

    /// A timer ends when the record says.
    mutating func start(_ timer: RoundTimer, until end: Duration) { timeline.start(timer, until: end) }

    mutating func stop(_ timer: RoundTimer) {
        timeline.stop(timer)
        // Nobody waits for the client: what it would have done need not happen here.
        if case .training(let client, let round) = timer, let work = works[client], work.key.round == round {
            timeline.giveUp(work.key)
            works[client] = nil
        }
    }

    /// Nobody is waited for any more.
    mutating func endCollection() {
        timeline.endCollection()
        works.removeAll()
    }

    /// What has to be in the record for the run to go on from this moment.
    ///
    /// - Parameter ongoing: the clients that train and do not wait for each other.
    func recorded(_ ongoing: OngoingTrainings?) -> RecordedTimeline? {
        guard fleet != nil || ongoing != nil else { return nil }
        var absences: [ClientID: Duration] = [:]
        for case (.absence(let client, _), let end) in timeline.timers { absences[client] = end }
        let events = ongoing == nil ? [:] : timeline.works
        let works = ongoing?.trainings.map { training in
            let key = training.key
            let work = self.works[key.client] ?? Work(key: key, training: .zero)
            let next = events[key]
            return RecordedWork(
                key: key, isAbsent: training.isAbsent, invited: work.invited, training: work.training,
                isTrained: work.isTrained,
                updateBytes: work.updateBytes, sentBytes: work.sentBytes, sendingSince: work.sendingSince,
                upload: work.upload, next: next.flatMap { RecordedWork.Event($0.event) }, at: next?.time,
                deadline: timeline.timers[.training(key.client, round: key.round)])
        }
        return RecordedTimeline(
            elapsed: clock.elapsed, away: away, absences: absences, works: works, draws: ongoing?.draws)
    }

    /// A client trained when the run was interrupted.
    private mutating func goOn(with recorded: RecordedWork) {
        let key = recorded.key
        var work = Work(key: key, training: recorded.training, invited: recorded.invited)
        work.isTrained = recorded.isTrained
        work.updateBytes = recorded.updateBytes
        work.sentBytes = recorded.sentBytes
        work.sendingSince = recorded.sendingSince
        work.upload = recorded.upload
        works[key.client] = work
        if let deadline = recorded.deadline {
            timeline.start(.training(key.client, round: key.round), until: deadline)
        }
        guard let next = recorded.next, let time = recorded.at else { return }
        timeline.schedule(next.event(of: key), of: key, at: time)
        // What a device loses need not be made.
        if next != .vanished { timeline.train(key, by: time) }
    }

    // MARK: Time passes

    /// Lets the next thing happen; `nil` where a training here has to end first, or nothing is to come.
    mutating func advance() -> Happening? {
        guard let next = timeline.next() else { return nil }
        // Before anything is put in that comes at the same instant.
        switch next.event {
        case .trained(let key), .arrived(let key):
            if works[key.client]?.outcome == nil { return nil }
        default: break
        }
        timeline.removeNext()
        clock.advance(to: next.time)
        switch next.event {
        case .timer(let timer):
            return .timer(timer)
        case .trained(let key):
            return trained(key)
        case .arrived(let key):
            guard let work = works.removeValue(forKey: key.client), case .update(let update)? = work.outcome else {
                return .passed
            }
            return .arrived(work.sent(update, hasDevice: fleet != nil))
        case .vanished(let key):
            // Its training here would be the same again.
            works[key.client]?.isTrained = false
            works[key.client]?.sentBytes = 0
            works[key.client]?.sendingSince = nil
            goAway(key.client, for: fleet?[key.client].backAfter)
            return .left(key.client, .vanished)
        case .cut(let key):
            pause(key.client)
            goAway(key.client, for: Device.reconnection)
            return .left(key.client, .cut)
        case .back(let client):
            return comeBack(client)
        case .switchedOn(let client, let stretch):
            return endStretch(stretch, isOn: false, of: client)
        case .switchedOff(let client, let stretch):
            return endStretch(stretch, isOn: true, of: client)
        }
    }

    /// A client has trained in its own time, and sends its update.
    private mutating func trained(_ key: UpdateKey) -> Happening {
        guard var work = works[key.client], let outcome = work.outcome else { return .passed }
        switch outcome {
        case .failure(let reason, let detail):
            return .failed(key, reason, detail)
        case .update(let update):
            work.isTrained = true
            work.updateBytes = Int(clamping: update.header.byteCount)
            works[key.client] = work
            send(work)
            return .passed
        }
    }

    /// The client's update goes, or what has not come of it, with the times of its device.
    private mutating func send(_ work: Work) {
        let key = work.key
        let now = clock.elapsed
        let upload = fleet?[key.client].upload(bytes: work.updateBytes - work.sentBytes) ?? .zero
        works[key.client]?.sendingSince = now
        works[key.client]?.upload = upload
        if let (part, vanishes) = fleet?[key.client].mishaps(of: key, seed: seed).uploadEnd {
            timeline.schedule(vanishes ? .vanished(key) : .cut(key), of: key, at: now + upload.part(part))
        } else {
            timeline.schedule(.arrived(key), of: key, at: now + upload)
        }
    }
}

extension SimulatedTime.Work {
    /// The update as it comes, with the times of the client's device.
    fileprivate func sent(_ update: ReceivedUpdate, hasDevice: Bool) -> ReceivedUpdate {
        var header = update.header
        header.key = key
        if hasDevice { header.trainMicroseconds = UInt64(training / .microseconds(1)) }
        return ReceivedUpdate(header: header, parts: update.parts, transferDuration: upload)
    }
}

extension RecordedWork.Event {
    /// `nil` for what is no client's work.
    fileprivate init?(_ event: Timeline.Event) {
        switch event {
        case .trained: self = .trained
        case .arrived: self = .arrived
        case .vanished: self = .vanished
        case .cut: self = .cut
        case .back, .switchedOn, .switchedOff, .timer: return nil
        }
    }

    fileprivate func event(of key: UpdateKey) -> Timeline.Event {
        switch self {
        case .trained: .trained(key)
        case .arrived: .arrived(key)
        case .vanished: .vanished(key)
        case .cut: .cut(key)
        }
    }
}

extension Duration {
    /// A part of it, to the nanosecond.
    fileprivate func part(_ part: Double) -> Duration {
        .nanoseconds(Int64((Double(nanoseconds) * part).rounded()))
    }
}
