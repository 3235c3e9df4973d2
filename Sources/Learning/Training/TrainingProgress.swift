/// How far a local training has come, after one of its steps.
public struct TrainingProgress: Sendable, Hashable {
    /// From 1.
    public let epoch: Int
    /// The number of steps taken, over all epochs.
    public let step: Int
    /// The shard's size: `training.count` is as large at the end of an epoch.
    public let examples: Int
    /// Loss and accuracy over this epoch's examples so far, each taken before its step.
    public let training: Evaluation

    /// Whether this was the last step of its epoch.
    public var endsEpoch: Bool { training.count == examples }
}
