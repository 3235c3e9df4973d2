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

/// The clients that train between two models of a ``BufferMachine``, and how many were drawn to do so.
public struct OngoingTrainings: Sendable, Hashable {
    /// In the order of the clients' ids.
    public let trainings: [OngoingTraining]
    /// How often clients have been chosen.
    public let draws: UInt32

    public init(trainings: [OngoingTraining], draws: UInt32) {
        self.trainings = trainings
        self.draws = draws
    }
}
