import Randomness

/// What happens to one connection through a ``NetworkProxy``: a function of the conditions, the seed and the number of
/// the connection.
public struct ConnectionPlan: Sendable {
    /// Something that happens once so many bytes have passed in a direction.
    public struct Incident: Sendable, Hashable {
        public enum Kind: Sendable, Hashable {
            /// A reset, or an orderly end of the stream.
            case cut(isReset: Bool)
            /// For so long, or for ever.
            case stall(Duration?)
        }

        public var kind: Kind
        public var direction: FlowDirection
        public var after: Int
    }

    /// In the order in which they were drawn; each happens once.
    public let incidents: [Incident]
    private let conditions: NetworkConditions
    private let seed: UInt64
    private let index: Int

    /// - Parameter index: the number of the connection, from 0.
    public init(_ conditions: NetworkConditions, seed: UInt64, index: Int) {
        self.conditions = conditions
        self.seed = seed
        self.index = index
        // Each purpose of its own round, so that a condition more changes nothing else.
        var incidents: [Incident] = []
        if let cut = conditions.cut, index < cut.connections {
            var stream = Self.stream(seed, index, purpose: 10)
            let direction = cut.directions[stream.below(cut.directions.count)]
            let after = stream.draw(from: cut.after)
            incidents.append(
                Incident(kind: .cut(isReset: stream.uniform() < cut.resets), direction: direction, after: after))
        }
        if let stall = conditions.stall, index < stall.connections {
            var stream = Self.stream(seed, index, purpose: 11)
            let direction = stall.directions[stream.below(stall.directions.count)]
            let after = stream.draw(from: stall.after)
            let duration = stall.lasting.map { stream.draw(from: $0) }
            incidents.append(Incident(kind: .stall(duration), direction: direction, after: after))
        }
        self.incidents = incidents
    }

    /// How the bytes go in one direction.
    public func flow(_ direction: FlowDirection) -> FlowPlan {
        FlowPlan(
            direction == .toServer ? conditions.toServer : conditions.toClient,
            Self.stream(seed, index, purpose: direction.rawValue))
    }

    private static func stream(_ seed: UInt64, _ index: Int, purpose: UInt32) -> RandomStream {
        RandomStream(seed: seed, purpose: .jitter, round: purpose, client: UInt32(index))
    }
}

extension RandomStream {
    /// Uniform in `range`.
    mutating func draw(from range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// Uniform in `range`.
    mutating func draw(from range: ClosedRange<Duration>) -> Duration {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }
}
