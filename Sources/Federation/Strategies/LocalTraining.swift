public import Parameters

/// A local training that is done, as ``Strategy/finish(_:_:update:client:)`` sees it.
public struct LocalTraining: Sendable {
    /// What it began with: the round's model, or ``LocalPlan/start``.
    public let start: ParameterVector
    /// What came of it.
    public let model: ParameterVector
    /// What came of ``LocalPlan/personal``, if the client has that.
    public let personal: ParameterVector?
    /// The client's examples; at least 1.
    public let examples: Int
    /// K or τ, the steps that were taken; at least 1.
    public let steps: Int
    /// η, the length of a step.
    public let learningRate: Double
    /// ρ, the part of the last step that the next one kept; 0 for plain SGD.
    public let momentum: Double
    /// The mean loss of the round's model on the client's examples before the training, in nats; only where
    /// ``StrategyParts/needsInitialLoss`` asks for it, 0 else.
    public let initialLoss: Double

    public init(
        start: ParameterVector, model: ParameterVector, personal: ParameterVector? = nil, examples: Int, steps: Int,
        learningRate: Double, momentum: Double = 0, initialLoss: Double = 0
    ) {
        self.start = start
        self.model = model
        self.personal = personal
        self.examples = examples
        self.steps = steps
        self.learningRate = learningRate
        self.momentum = momentum
        self.initialLoss = initialLoss
    }

    /// How many steps of plain SGD the steps of this training are worth: ``steps`` without momentum; with it ‖a‖₁ of Wang et
    /// al. 2020, where a is how often each gradient counts in the whole difference.
    public var effectiveSteps: Double {
        guard momentum > 0 else { return Double(steps) }
        var velocity = 0.0
        var sum = 0.0
        for _ in 0..<steps {
            velocity = momentum * velocity + 1
            sum += velocity
        }
        return sum
    }
}
