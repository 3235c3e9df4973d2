public import Learning

extension TrainingSettings {
    /// Whether a step is the gradient times the learning rate and nothing else but weight decay.
    public var isPlainSGD: Bool {
        if case .sgd(let sgd) = optimizer { sgd.momentum == 0 } else { false }
    }

    /// η, the length of a step.
    public var learningRate: Float { optimizer.learningRate }

    /// The part of the last step that the next one keeps; 0 where there is none.
    public var momentum: Float {
        if case .sgd(let sgd) = optimizer { sgd.momentum } else { 0 }
    }
}
