internal import Randomness
public import Settings

/// When a device can take part: it is on and off in turns, as a rule, the seed and the time since the run began say.
public enum Availability: Sendable, Hashable {
    case always
    /// On and off for times that are exponentially distributed with these means, each above 0. It begins as it would be found at any
    /// moment: on with probability on / (on + off).
    case alternating(on: Duration, off: Duration)
    /// Each day between two times of day, by a clock that is so much ahead of the run's.
    case daily(DailyHours, ahead: Duration)

    /// A stretch of time in which a device is on or off all the while.
    public struct Stretch: Sendable, Hashable {
        /// From 0.
        public let number: UInt32
        public let isOn: Bool
        /// Since the run began; `nil`: never.
        public let end: Duration?

        public init(number: UInt32, isOn: Bool, end: Duration?) {
            self.number = number
            self.isOn = isOn
            self.end = end
        }
    }

    /// Whose device it is, under which seed, and when the run began.
    public struct Subject: Sendable, Hashable {
        public let client: ClientID
        public let seed: UInt64
        public let beginning: TimeOfDay

        public init(client: ClientID, seed: UInt64, beginning: TimeOfDay) {
            self.client = client
            self.seed = seed
            self.beginning = beginning
        }
    }

    /// The stretch in which the run begins.
    public func first(of subject: Subject) -> Stretch {
        switch self {
        case .always:
            return Stretch(number: 0, isOn: true, end: nil)
        case .alternating(let on, let off):
            var stream = RandomStream(
                seed: subject.seed, purpose: .availability, round: 0, client: subject.client.rawValue)
            let isOn = stream.uniform() < on / (on + off)
            // How long is left of a stretch is distributed as all of it is.
            return Stretch(number: 0, isOn: isOn, end: Self.exponential(isOn ? on : off, &stream))
        case .daily(let hours, let ahead):
            return Self.daily(hours, at: .zero, number: 0, ahead, subject)
        }
    }

    /// The stretch that follows; `nil` after one that never ends.
    public func next(after stretch: Stretch, of subject: Subject) -> Stretch? {
        guard let begin = stretch.end else { return nil }
        let number = stretch.number &+ 1
        switch self {
        case .always:
            return nil
        case .alternating(let on, let off):
            var stream = RandomStream(
                seed: subject.seed, purpose: .availability, round: number, client: subject.client.rawValue)
            let isOn = !stretch.isOn
            return Stretch(
                number: number, isOn: isOn, end: begin + Self.exponential(isOn ? on : off, &stream))
        case .daily(let hours, let ahead):
            return Self.daily(hours, at: begin, number: number, ahead, subject)
        }
    }

    /// The stretch of a moment.
    ///
    /// - Parameter elapsed: since the run began. One that ends then is over.
    public func stretch(at elapsed: Duration, of subject: Subject) -> Stretch {
        var stretch = first(of: subject)
        while let end = stretch.end, end <= elapsed, let next = next(after: stretch, of: subject) { stretch = next }
        return stretch
    }

    /// To the nanosecond, and a millisecond at least, so that no time holds any number of stretches.
    private static func exponential(_ mean: Duration, _ stream: inout RandomStream) -> Duration {
        let seconds = -PortableMath.log(1 - stream.uniform()) * (mean / .seconds(1))
        return max(.milliseconds(1), .nanoseconds(Int64((min(seconds, 1e9) * 1e9).rounded())))
    }

    private static func daily(
        _ hours: DailyHours, at elapsed: Duration, number: UInt32, _ ahead: Duration, _ subject: Subject
    ) -> Stretch {
        let day = 86_400_000_000_000
        let minute = 60_000_000_000
        // Of the days that have gone by, however many, the last counts.
        let (seconds, attoseconds) = (ahead + elapsed).components
        let local =
            subject.beginning.minutes * minute + Int(seconds % 86_400) * 1_000_000_000
            + Int(attoseconds / 1_000_000_000)
        let now = (local % day + day) % day
        /// Until the clock next shows so many minutes after midnight; all of a day if it does now.
        func wait(_ minutes: Int) -> Int {
            let left = (minutes * minute - now + day) % day
            return left == 0 ? day : left
        }
        let (toBegin, toEnd) = (wait(hours.from), wait(hours.to))
        // What comes first is the end of it, or of what is between.
        let isOn = toEnd < toBegin
        return Stretch(number: number, isOn: isOn, end: elapsed + .nanoseconds(min(toBegin, toEnd)))
    }
}
