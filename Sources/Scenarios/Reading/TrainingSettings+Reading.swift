import Learning
import Settings

extension TrainingSettings {
    private enum OptimizerName: String, CaseIterable {
        case sgd, adam
    }

    /// Small enough to do nothing, and still a normal number in single precision.
    static let leastLearningRate = 1e-9

    /// The schema of `train`.
    static func read(_ section: Section, model: ModelDefinition?) -> TrainingSettings {
        let localEpochs = section.read(
            "local_epochs", .wholeNumber(1...1_000), default: 1, "E, the passes over a client's examples in a round")
        let batchSize = section.read(
            "batch_size", .batchSize, default: .examples(10), "B, the number of examples in a step")
        let optimizer = section.choose("optimizer", OptimizerName.allCases, default: .sgd, "what takes the steps")
        let learningRate = section.read(
            "learning_rate", .number(.from(leastLearningRate, upTo: 100)),
            otherwise: "0.1, or 0.001 with optimizer: adam",
            "η, the length of a step")
        let momentum = section.read(
            "momentum", .number(.from(0, below: 1)), default: 0, if: optimizer.is(.sgd),
            "the part of the last step that the next one keeps")
        let weightDecay = section.read(
            "weight_decay", .number(.from(0, upTo: 1)), default: 0,
            "the multiple of the parameters that is added to the gradient")

        let clipNorm = section.read(
            "clip_norm", .number(.from(1e-6, upTo: 1_000_000)), otherwise: "no clipping",
            "the largest norm of a step's gradient; a longer one is shortened to it")
        let dropout = section.read(
            "dropout", .number(.from(0, below: 1)), default: 0,
            "the part of the values that a step leaves out, at the model's places for it")
        if dropout > 0, let model, !model.takesDropout {
            section.refuse(
                "dropout", with: "dropout", "is \(Decimal.text(dropout)), but \(model.name) has no place for it")
        }

        switch optimizer.value {
        case .sgd:
            return TrainingSettings(
                localEpochs: localEpochs, batchSize: batchSize,
                optimizer: .sgd(
                    learningRate: Float(learningRate ?? 0.1), momentum: Float(momentum), weightDecay: Float(weightDecay)
                ), clipNorm: clipNorm.map { Float($0) }, dropout: Float(dropout))
        case .adam:
            return TrainingSettings(
                localEpochs: localEpochs, batchSize: batchSize,
                optimizer: .adam(learningRate: Float(learningRate ?? 0.001), weightDecay: Float(weightDecay)),
                clipNorm: clipNorm.map { Float($0) }, dropout: Float(dropout))
        }
    }
}

extension ValueKind where Value == TrainingSettings.BatchSize {
    fileprivate static var batchSize: Self {
        let number = ValueKind<Int>.wholeNumber(1...1_000_000)
        return ValueKind(expectation: "\(number.expectation), or all", text: text) { scalar in
            if scalar.text == "all" { return .value(.all) }
            switch number.read(scalar) {
            case .value(let size): return .value(.examples(size))
            case .mismatch(let remedy): return .mismatch(remedy: remedy)
            }
        }
    }

    private static func text(_ size: TrainingSettings.BatchSize) -> String {
        switch size {
        case .examples(let count): String(count)
        case .all: "all"
        }
    }
}
