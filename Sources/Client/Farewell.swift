/// How a coordinator took its leave.
public struct Farewell: Sendable, Hashable {
    /// Whether the run came to its end.
    public let isFinished: Bool
    public let text: String
}
