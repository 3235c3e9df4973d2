public import Learning

extension TrainingSettings {
    /// Whether a step is the gradient times the learning rate and nothing else but weight decay.
    public var isPlainSGD: Bool {
        if case .sgd(_, momentum: 0, _) = optimizer { true } else { false }
    }

    /// η, the length of a step.
    public var learningRate: Float {
        switch optimizer {
        case .sgd(let rate, _, _), .adam(let rate, _, _, _, _): rate
        }
    }

    /// The part of the last step that the next one keeps; 0 where there is none.
    public var momentum: Float {
        if case .sgd(_, let momentum, _) = optimizer { momentum } else { 0 }
    }
}
