import Randomness

/// How the bytes of one connection through a ``NetworkProxy`` go in one direction, piece by piece.
public struct FlowPlan: Sendable {
    public struct Piece: Sendable, Hashable {
        /// How many bytes at most; `nil`: all that are there.
        public var size: Int?
        /// How long it is held back.
        public var delay: Duration
    }

    private let conditions: FlowConditions
    private var stream: RandomStream

    init(_ conditions: FlowConditions, _ stream: RandomStream) {
        self.conditions = conditions
        self.stream = stream
    }

    /// Draws the next piece.
    public mutating func next() -> Piece {
        Piece(size: conditions.pieces.map { stream.draw(from: $0) }, delay: stream.draw(from: conditions.delay))
    }

    /// What `count` bytes take because of the bandwidth.
    func duration(of count: Int) -> Duration {
        guard let bytesPerSecond = conditions.bytesPerSecond else { return .zero }
        return .seconds(Double(count) / Double(bytesPerSecond))
    }
}
