import Randomness

/// How long to wait before the next try: twice as long each time up to a limit, less a random part, so that workers
/// that lost the same coordinator do not all come back at once.
struct Backoff {
    static let first = Duration.milliseconds(100)
    static let limit = Duration.seconds(10)

    private var stream: RandomStream
    private var next = first

    init(seed: UInt64 = .random(in: 0...UInt64.max)) {
        stream = RandomStream(seed: seed, purpose: .jitter)
    }

    /// Between half and all of the current wait.
    mutating func wait() -> Duration {
        defer { next = min(next * 2, Self.limit) }
        return next * (0.5 + 0.5 * stream.uniform())
    }

    /// The peer was reached.
    mutating func reset() {
        next = Self.first
    }
}
