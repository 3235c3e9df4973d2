public import Settings

/// Stochastic gradient descent, as PyTorch's `SGD`: v ← momentum · v + (g + weightDecay · w); w ← w − learningRate · v.
public struct SGD: OptimizerRule {
    public static let name = "sgd"
    public static let settings = [
        Setting.learningRate(default: 0.1),
        Setting(
            "momentum", .from(0, below: 1), default: 0, "the part of the last step that the next one keeps"),
        Setting.weightDecay,
    ]

    public var learningRate: Float
    /// The part of the last step that the next one keeps; from 0 to below 1.
    public var momentum: Float
    public var weightDecay: Float

    public init(learningRate: Float, momentum: Float = 0, weightDecay: Float = 0) {
        self.learningRate = learningRate
        self.momentum = momentum
        self.weightDecay = weightDecay
    }

    public init(_ values: SettingValues) {
        self.init(
            learningRate: values.single("learning_rate"), momentum: values.singleBelowOne("momentum"),
            weightDecay: values.single("weight_decay"))
    }

    public var values: [SettingValue] { [.single(learningRate), .single(momentum), .single(weightDecay)] }

    public var vectors: Int { momentum == 0 ? 0 : 1 }

    public var optimizer: TrainingSettings.Optimizer { .sgd(self) }
}
