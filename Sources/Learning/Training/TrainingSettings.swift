/// How a client trains in a round: the hyperparameters of FedAvg's `ClientUpdate` (McMahan et al. 2017, Algorithm 1)
/// and the optimiser that it uses.
public struct TrainingSettings: Sendable, Hashable {
    /// E, the number of passes over the client's examples; at least 1.
    public var localEpochs: Int
    /// B.
    public var batchSize: BatchSize
    public var optimizer: Optimizer
    /// The largest norm of a step's gradient, the mean over its batch: a longer one is shortened to it, before weight
    /// decay and correction (Pascanu et al. 2013, "On the difficulty of training recurrent neural networks", Algorithm 1).
    /// Above 0; with `nil` gradients stay as they are.
    public var clipNorm: Float?
    /// The probability, from 0 to below 1, with which a value at a place for dropout counts as 0 in a step; a model without
    /// such a place (``ModelDefinition/takesDropout``) trains as with 0.
    public var dropout: Float

    /// All of a client's hyperparameters; what is left out is not used.
    public init(
        localEpochs: Int, batchSize: BatchSize, optimizer: Optimizer, clipNorm: Float? = nil, dropout: Float = 0
    ) {
        self.localEpochs = localEpochs
        self.batchSize = batchSize
        self.optimizer = optimizer
        self.clipNorm = clipNorm
        self.dropout = dropout
    }

    /// B, the number of examples in a step.
    public enum BatchSize: Sendable, Hashable {
        /// So many, at least 1; the last batch of an epoch may be smaller.
        case examples(Int)
        /// All the client's examples in one step: McMahan's B = ∞.
        case all

        /// The number of examples in a full batch of a client that has `count` of them.
        public func size(for count: Int) -> Int {
            switch self {
            case .examples(let size): min(size, count)
            case .all: count
            }
        }
    }
}
