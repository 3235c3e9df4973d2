/// A client that trains while others report: what a run that goes on has to know of it.
public struct OngoingTraining: Sendable, Hashable {
    /// Its round is the one from whose model it began.
    public let key: UpdateKey
    /// Whether it is away, and may come back.
    public let isAbsent: Bool

    public init(key: UpdateKey, isAbsent: Bool) {
        self.key = key
        self.isAbsent = isAbsent
    }
}
