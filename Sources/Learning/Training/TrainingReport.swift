/// What came of a local training.
public struct TrainingReport: Sendable, Hashable {
    /// Mean cross-entropy over all examples and epochs, each taken before its step; 0 for an empty shard.
    public let loss: Double
    /// The share of examples classified rightly, over all epochs, each taken before its step; 0 for an empty shard.
    public let accuracy: Double
    /// The number of examples in the shard.
    public let examples: Int
    /// The number of optimiser steps.
    public let steps: Int

    public init(loss: Double, accuracy: Double, examples: Int, steps: Int) {
        self.loss = loss
        self.accuracy = accuracy
        self.examples = examples
        self.steps = steps
    }
}
