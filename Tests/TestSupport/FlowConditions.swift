/// How bytes go through a ``NetworkProxy`` in one direction.
public struct FlowConditions: Sendable {
    /// How long each piece is held back; drawn anew for each.
    public var delay: ClosedRange<Duration>
    /// How many bytes pass in a second; `nil`: as many as come.
    public var bytesPerSecond: Int?
    /// How many bytes pass at once, drawn anew for each piece; `nil`: all that are there. Bytes that come while a piece is
    /// held back leave together, whatever pieces they came in.
    public var pieces: ClosedRange<Int>?

    /// Whatever comes passes at once, unless said otherwise.
    public init(
        delay: ClosedRange<Duration> = .zero ... .zero, bytesPerSecond: Int? = nil, pieces: ClosedRange<Int>? = nil
    ) {
        precondition(delay.lowerBound >= .zero && (bytesPerSecond ?? 1) > 0 && (pieces?.lowerBound ?? 1) > 0)
        self.delay = delay
        self.bytesPerSecond = bytesPerSecond
        self.pieces = pieces
    }
}
