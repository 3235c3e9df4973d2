public import Learning
public import Parameters

/// What a client trains in a round.
public struct LocalPlan: Sendable {
    /// One training of the model that the update is made of; it begins where the one before it has ended.
    public struct Phase: Sendable {
        /// Which of the client's trainings it is.
        public var part: TrainingPart
        /// What is added to the gradient of each step.
        public var correction: GradientCorrection
        /// E of this phase; `nil` for what the round asks for.
        public var epochs: Int?
        /// The layers that stand still, by name.
        public var frozen: Set<String>

        public init(
            _ part: TrainingPart = .update, correction: GradientCorrection = .none, epochs: Int? = nil,
            frozen: Set<String> = []
        ) {
            self.part = part
            self.correction = correction
            self.epochs = epochs
            self.frozen = frozen
        }
    }

    /// A model that the client trains for itself, beside the one that its update is made of.
    public struct Personal: Sendable {
        public var start: ParameterVector
        public var correction: GradientCorrection
        /// E of its training, at least 1.
        public var epochs: Int

        public init(start: ParameterVector, correction: GradientCorrection = .none, epochs: Int) {
            self.start = start
            self.correction = correction
            self.epochs = epochs
        }
    }

    /// The whole model that the client begins with.
    public var start: ParameterVector
    /// At least one; the last says what the client's loss and accuracy in training were.
    public var phases: [Phase]
    public var personal: Personal?

    public init(start: ParameterVector, phases: [Phase] = [Phase()], personal: Personal? = nil) {
        precondition(!phases.isEmpty)
        self.start = start
        self.phases = phases
        self.personal = personal
    }
}
