internal import Randomness
public import Settings

/// What a client trains on and how it is connected, as far as time goes.
public struct Device: Sendable, Hashable {
    public static let settings = [
        Setting(
            "samples_per_second", .from(0.001, upTo: 1e9), default: 1_000,
            "how many examples a device of speed 1 trains in a second, each in each epoch"),
        Setting("speed", .above(0, upTo: 1_000), default: 1, "how fast it is, as a factor of samples_per_second"),
        Setting(
            "spread", .from(0, upTo: 3), default: 0,
            "σ of how its speed differs from round to round, by a factor of exp(σ · N(0, 1))"),
        Setting(
            "down", .either("unlimited", or: .bitRate(1...1_000_000_000_000)), default: .word("unlimited"),
            "how fast models come to it"),
        Setting(
            "up", .either("unlimited", or: .bitRate(1...1_000_000_000_000)), default: .word("unlimited"),
            "how fast updates go from it"),
        Setting(
            "latency", .duration(.zero ... .seconds(3_600)), default: .duration(.zero),
            "how long the first byte is under way, each way"),
    ]

    /// How many examples it trains in a second, each in each epoch.
    public let samplesPerSecond: Double
    /// σ of the logarithm of how its speed differs from round to round.
    public let spread: Double
    /// Bits in a second; `nil`: no time at all.
    public let down: Int?
    public let up: Int?
    public let latency: Duration

    /// - Parameter values: of ``settings``.
    public init(_ values: SettingValues) {
        samplesPerSecond = values.number("samples_per_second") * values.number("speed")
        spread = values.number("spread")
        down = values.optionalBitRate("down")
        up = values.optionalBitRate("up")
        latency = values.duration("latency")
    }

    /// A device of speed 1 with a link that takes no time.
    public static let standard = Device(SettingValues(settings))

    /// How long a model is on its way to it.
    public func download(bytes: Int) -> Duration { transfer(bytes, at: down) }

    /// How long an update is on its way from it.
    public func upload(bytes: Int) -> Duration { transfer(bytes, at: up) }

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
