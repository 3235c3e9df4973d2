/// How a worker's part in a run ended, as the coordinator said.
public struct WorkerOutcome: Sendable, Hashable {
    /// Whether the run came to its end.
    public let isFinished: Bool
    public let text: String
}
