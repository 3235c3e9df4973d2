public import Settings

/// How local steps are made of gradients: one file each, and its case in ``TrainingSettings/Optimizer``.
public protocol OptimizerRule: Configurable, Hashable {
    /// Its value of each of its settings, which are some of `train`.
    var values: [SettingValue] { get }
    /// η, the length of a step.
    var learningRate: Float { get set }
    /// The multiple of the parameters that is added to the gradient.
    var weightDecay: Float { get }
    /// How many vectors of the model's size it keeps from step to step.
    var vectors: Int { get }
    /// The case that it is of.
    var optimizer: TrainingSettings.Optimizer { get }
}

extension Setting {
    static func learningRate(default standard: Double) -> Setting {
        // Small enough to do nothing, and still a normal number in single precision.
        Setting(
            "learning_rate", .from(TrainingSettings.leastLearningRate, upTo: 100), default: standard,
            "η, the length of a step")
    }

    static let weightDecay = Setting(
        "weight_decay", .from(0, upTo: 1), default: 0,
        "the multiple of the parameters that is added to the gradient")
}

extension SettingValues {
    func single(_ name: String) -> Float { Float(number(name)) }

    /// A number below 1, which its rounding to single precision does not make 1.
    func singleBelowOne(_ name: String) -> Float { min(Float(number(name)), Float(1).nextDown) }
}
