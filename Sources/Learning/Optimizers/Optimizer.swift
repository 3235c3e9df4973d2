import Settings

extension TrainingSettings {
    /// What takes a client's steps. A new one is its file, and its lines here.
    public enum Optimizer: Sendable, Hashable {
        case sgd(SGD)
        case adam(Adam)

        /// In the order of the documentation.
        public static let all: [any OptimizerRule.Type] = [SGD.self, Adam.self]

        /// The optimiser of this name.
        public static func named(_ name: String) -> (any OptimizerRule.Type)? { all.first { $0.name == name } }

        /// The optimiser itself.
        public var rule: any OptimizerRule {
            switch self {
            case .sgd(let rule): rule
            case .adam(let rule): rule
            }
        }

        public static func sgd(learningRate: Float, momentum: Float = 0, weightDecay: Float = 0) -> Optimizer {
            .sgd(SGD(learningRate: learningRate, momentum: momentum, weightDecay: weightDecay))
        }

        public static func adam(
            learningRate: Float, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
            weightDecay: Float = 0
        ) -> Optimizer {
            .adam(
                Adam(
                    learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
                    weightDecay: weightDecay))
        }

        /// η, the length of a step.
        public var learningRate: Float {
            get { rule.learningRate }
            set {
                var changed = rule
                changed.learningRate = newValue
                self = changed.optimizer
            }
        }
    }
}
