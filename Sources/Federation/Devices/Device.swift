internal import Randomness
public import Settings

/// What a client trains on, how it is connected, when it is there, and what goes wrong with it.
public struct Device: Sendable, Hashable, Configurable {
    /// On the wire; scenarios have a list of devices, without names.
    public static let name = "device"
    public static let settings = [
        Setting(
            "samples_per_second", .from(0.001, upTo: 1e9), default: 1_000,
            "how many examples a device of speed 1 trains in a second, each in each epoch"),
        Setting("speed", .above(0, upTo: 1_000), default: 1, "how fast it is, as a factor of samples_per_second"),
        Setting(
            "spread", .from(0, upTo: 3), default: 0,
            "σ of how its speed differs from round to round, by a factor of exp(σ · N(0, 1))"),
        Setting(
            "memory", .either("unlimited", or: .byteCount(1_024...1 << 50)), default: .word("unlimited"),
            "how much it has for training: one with too little for the model fails"),
        Setting(
            "down", .either("unlimited", or: .bitRate(1...1_000_000_000_000)), default: .word("unlimited"),
            "how fast models come to it"),
        Setting(
            "up", .either("unlimited", or: .bitRate(1...1_000_000_000_000)), default: .word("unlimited"),
            "how fast updates go from it"),
        Setting(
            "latency", .duration(.zero ... .seconds(3_600)), default: .duration(.zero),
            "how long the first byte is under way, each way"),
        Setting(
            "loss", .from(0, upTo: 1), default: 0,
            "how often the connection is cut while its update is on its way; it comes back at once and sends the rest"),
        Setting(
            "hours", .either("all", or: .dailyHours), default: .word("all"),
            "between which times of day it is on, by its own clock"),
        Setting(
            "time_zone", .from(-12, upTo: 14), default: 0,
            "how many hours its clock is ahead of that of start_time"),
        Setting(
            "on_for", .either("ever", or: .duration(.milliseconds(10) ... .seconds(31_536_000))),
            default: .word("ever"),
            "the mean of how long it is on, exponentially distributed"),
        Setting(
            "off_for", .duration(.zero ... .seconds(31_536_000)), default: .duration(.zero),
            "the mean of how long it is off in between"),
        Setting(
            "training_failure", .from(0, upTo: 1), default: 0,
            "how often it vanishes while it trains, with all that it has trained"),
        Setting(
            "upload_failure", .from(0, upTo: 1), default: 0,
            "how often it vanishes while its update is on its way, with the update"),
        Setting(
            "back_after", .either("never", or: .duration(.zero ... .seconds(31_536_000))),
            default: .duration(.seconds(60)),
            "how long it is gone when it has vanished"),
    ]

    /// How long it takes a device to come back whose connection was cut.
    public static let reconnection = Duration.milliseconds(100)

    /// Of ``settings``.
    public let values: SettingValues
    /// How many examples it trains in a second, each in each epoch.
    public let samplesPerSecond: Double
    /// σ of the logarithm of how its speed differs from round to round.
    public let spread: Double
    /// Bits in a second; `nil`: no time at all.
    public let down: Int?
    public let up: Int?
    public let latency: Duration
    /// Bytes; `nil`: enough.
    public let memory: Int?
    /// The probabilities that its connection is cut, that it vanishes in its training, and in its upload.
    public let loss: Double
    public let trainingFailure: Double
    public let uploadFailure: Double
    /// How long it is gone when it has vanished; `nil`: for ever.
    public let backAfter: Duration?
    public let availability: Availability

    /// - Parameter values: of ``settings``.
    public init(_ values: SettingValues) {
        samplesPerSecond = values.number("samples_per_second") * values.number("speed")
        spread = values.number("spread")
        down = values.optionalBitRate("down")
        up = values.optionalBitRate("up")
        latency = values.duration("latency")
        memory = values.optionalByteCount("memory")
        loss = values.number("loss")
        trainingFailure = values.number("training_failure")
        uploadFailure = values.number("upload_failure")
        backAfter = values.optionalDuration("back_after")
        if let hours = values.optionalDailyHours("hours") {
            availability = .daily(hours, ahead: .seconds(Int((values.number("time_zone") * 3_600).rounded())))
        } else if let on = values.optionalDuration("on_for"), values.duration("off_for") > .zero {
            availability = .alternating(on: on, off: values.duration("off_for"))
        } else {
            availability = .always
        }
        self.values = values
    }

    /// A device of speed 1 with a link that takes no time.
    public static let standard = Device(SettingValues(settings))

    /// What makes it another than the standard device, as a scenario says it: `speed 0.1, up 1Mbit`; empty if nothing does.
    public var summary: String {
        let standard = Dictionary(uniqueKeysWithValues: Device.standard.values.texts.map { ($0.name, $0.text) })
        let texts = Dictionary(uniqueKeysWithValues: values.texts.map { ($0.name, $0.text) })
        return Device.settings.compactMap { setting in
            texts[setting.name].flatMap { $0 == standard[setting.name] ? nil : "\(setting.name) \($0)" }
        }.joined(separator: ", ")
    }

    /// Whether it is not always there.
    public var comesAndGoes: Bool {
        availability != .always || loss > 0 || trainingFailure > 0 || uploadFailure > 0
    }

    /// Whether a client with this device has a connection of its own: others' bytes must not hold up its bytes, nor its coming and
    /// going theirs.
    public var needsOwnConnection: Bool { comesAndGoes || up != nil }

    /// How long a model is on its way to it.
    public func download(bytes: Int) -> Duration { transfer(bytes, at: down) }

    /// How long an update is on its way from it, or what is left of one.
    public func upload(bytes: Int) -> Duration { transfer(bytes, at: up) }

    /// What goes wrong with a client's work in a round, one try of it.
    public struct Mishaps: Sendable, Hashable {
        /// The part of its training after which the device vanishes; `nil`: it does not.
        public let training: Double?
        /// The part of the update after which the device vanishes.
        public let upload: Double?
        /// The part of the update after which the connection is cut.
        public let cut: Double?

        public static let none = Mishaps(training: nil, upload: nil, cut: nil)

        /// What ends the upload before all of it has come, whichever is first, and after which part; `nil`: nothing does.
        public var uploadEnd: (part: Double, vanishes: Bool)? {
            if let upload, upload <= cut ?? 1 { return (upload, true) }
            return cut.map { ($0, false) }
        }
    }

    /// - Parameters:
    ///   - key: of the work; each attempt has its own.
    ///   - seed: of which they are drawn.
    public func mishaps(of key: UpdateKey, seed: UInt64) -> Mishaps {
        guard loss > 0 || trainingFailure > 0 || uploadFailure > 0 else { return .none }
        var stream = RandomStream(
            seed: seed, purpose: .mishaps, round: key.round, client: key.client.rawValue)
        // Each attempt has six numbers; nobody is invited to a round so often that it matters.
        for _ in 1..<key.attempt {
            for _ in 0..<6 { _ = stream.uniform() }
        }
        func drawn(_ probability: Double, _ stream: inout RandomStream) -> Double? {
            let (chance, part) = (stream.uniform(), stream.uniform())
            return chance < probability ? part : nil
        }
        return Mishaps(
            training: drawn(trainingFailure, &stream), upload: drawn(uploadFailure, &stream), cut: drawn(loss, &stream))
    }

    /// What to say where the device has less memory than training takes; `nil` if it has enough.
    ///
    /// - Parameter needed: bytes that training takes at least.
    public func shortage(ofMemory needed: @autoclosure () -> Int) -> String? {
        memory.flatMap { memory in
            let needed = needed()
            return memory < needed
                ? "its \(ByteCount.text(memory)) of memory are too few: training takes \(needed) bytes at least" : nil
        }
    }

    private func transfer(_ bytes: Int, at rate: Int?) -> Duration {
        latency + (rate.map { Self.duration(seconds: Double(bytes) * 8 / Double($0)) } ?? .zero)
    }

    /// To the nanosecond; what takes longer than thirty years takes thirty years.
    private static func duration(seconds: Double) -> Duration {
        .nanoseconds(Int64((min(seconds, 1e9) * 1e9).rounded()))
    }

    /// How long it trains.
    ///
    /// - Parameters:
    ///   - samples: examples × epochs.
    ///   - client, round, seed: of which its speed in the round is drawn.
    public func training(samples: Int, client: ClientID, round: UInt32, seed: UInt64) -> Duration {
        var speed = samplesPerSecond
        if spread > 0 {
            var stream = RandomStream(seed: seed, purpose: .deviceSpeed, round: round, client: client.rawValue)
            speed *= PortableMath.exp(spread * stream.portableNormal())
        }
        return Self.duration(seconds: Double(samples) / speed)
    }
}
