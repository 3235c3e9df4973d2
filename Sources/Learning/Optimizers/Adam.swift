public import Settings

/// Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", Algorithm 1, with bias correction; weight decay is added
/// to the gradient, as in PyTorch's `Adam`.
public struct Adam: OptimizerRule {
    public static let name = "adam"
    public static let settings = [
        Setting.learningRate(default: 0.001),
        Setting("beta1", .from(0, below: 1), default: 0.9, "β₁, the part of the gradients' mean that a step keeps"),
        Setting(
            "beta2", .from(0, below: 1), default: 0.999, "β₂, the part of the squared gradients' mean that a step keeps"
        ),
        Setting("epsilon", .from(1e-30, upTo: 1), default: 1e-8, "ε, what is added to what a step is divided by"),
        Setting.weightDecay,
    ]

    public var learningRate: Float
    /// β₁ and β₂, from 0 to below 1.
    public var beta1: Float
    public var beta2: Float
    /// ε, above 0: what is divided by it may be 0.
    public var epsilon: Float
    public var weightDecay: Float

    public init(
        learningRate: Float, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    public init(_ values: SettingValues) {
        self.init(
            learningRate: values.single("learning_rate"), beta1: values.singleBelowOne("beta1"),
            beta2: values.singleBelowOne("beta2"), epsilon: values.single("epsilon"),
            weightDecay: values.single("weight_decay"))
    }

    public var values: [SettingValue] {
        [.single(learningRate), .single(beta1), .single(beta2), .single(epsilon), .single(weightDecay)]
    }

    public var vectors: Int { 2 }

    public var optimizer: TrainingSettings.Optimizer { .adam(self) }
}
