/// What a ``NetworkProxy`` does to the connections that go through it. What happens to which of them is drawn from a seed:
/// ``ConnectionPlan``.
public struct NetworkConditions: Sendable {
    public var toServer: FlowConditions
    public var toClient: FlowConditions
    public var cut: Cut?
    public var stall: Stall?

    /// A perfect network, unless said otherwise.
    public init(
        toServer: FlowConditions = FlowConditions(), toClient: FlowConditions = FlowConditions(), cut: Cut? = nil,
        stall: Stall? = nil
    ) {
        self.toServer = toServer
        self.toClient = toClient
        self.cut = cut
        self.stall = stall
    }

    /// The end of a connection after some of its bytes.
    public struct Cut: Sendable {
        /// How many bytes pass before; drawn for each connection.
        public var after: ClosedRange<Int>
        /// The directions whose bytes may be counted; one of them is drawn for each connection.
        public var directions: [FlowDirection]
        /// Which part of the cuts are resets; after the others both sides read the end of the stream.
        public var resets: Double
        /// How many connections are cut: the first ones. Those that come later are left alone.
        public var connections: Int

        public init(
            after: ClosedRange<Int>, directions: [FlowDirection] = FlowDirection.allCases, resets: Double = 0.5,
            connections: Int = .max
        ) {
            precondition(after.lowerBound >= 0 && !directions.isEmpty && (0...1).contains(resets))
            self.after = after
            self.directions = directions
            self.resets = resets
            self.connections = connections
        }
    }

    /// A connection on which nothing moves any more, in neither direction, though it is not closed.
    public struct Stall: Sendable {
        /// How many bytes pass before; drawn for each connection.
        public var after: ClosedRange<Int>
        /// The directions whose bytes may be counted; one of them is drawn for each connection.
        public var directions: [FlowDirection]
        /// How long; `nil`: for ever, as when the peer's machine is gone.
        public var lasting: ClosedRange<Duration>?
        /// How many connections stall: the first ones. Those that come later are left alone.
        public var connections: Int

        public init(
            after: ClosedRange<Int>, directions: [FlowDirection] = FlowDirection.allCases,
            lasting: ClosedRange<Duration>? = nil, connections: Int = .max
        ) {
            precondition(after.lowerBound >= 0 && !directions.isEmpty)
            self.after = after
            self.directions = directions
            self.lasting = lasting
            self.connections = connections
        }
    }
}
