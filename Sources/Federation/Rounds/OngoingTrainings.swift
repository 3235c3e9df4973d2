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
