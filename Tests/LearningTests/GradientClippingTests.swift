import Learning
import Parameters
import Testing

/// Clipping by the norm of a step's whole gradient.
struct GradientClippingTests {
    static let model = GradientCorrectionTests.model
    static let start = GradientCorrectionTests.start

    /// The parameters after one training on the first `count` examples, all in each step.
    static func trained(
        _ optimizer: TrainingSettings.Optimizer, clipNorm: Float?, correction: GradientCorrection = .none,
        count: Int = 6, kernels: Kernels = .fused, steps: Int = 1
    ) throws -> ParameterVector {
        var parameters = start
        _ = try Trainer(model: model, kernels: kernels).train(
            &parameters, on: KernelsTests.examples(count, for: model), indices: (0..<Int32(count)).map { $0 },
            settings: TrainingSettings(
                localEpochs: steps, batchSize: .all, optimizer: optimizer, clipNorm: clipNorm),
            correction: correction, seed: 1, round: 1, client: 1, isCancelled: { false })
        return parameters
    }

    /// The gradient at the start: what a step of rate 1 takes away.
    static func gradient(count: Int = 6, kernels: Kernels = .fused) throws -> [Double] {
        let after = try trained(.sgd(learningRate: 1), clipNorm: nil, count: count, kernels: kernels)
        return zip(start.values, after.values).map { Double($0) - Double($1) }
    }

    @Test("A longer gradient is shortened, before weight decay and correction; parts of a batch together")
    func formula() throws {
        let correction = GradientCorrectionTests.corrections[3]
        for (kernels, count) in [(Kernels.fused, 6), (.openblas, 6), (.fused, 300)] {
            let gradient = try Self.gradient(count: count, kernels: kernels)
            let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let clip = Float(norm / 3)
            let actual = try Self.trained(
                .sgd(learningRate: 0.5, weightDecay: 0.1), clipNorm: clip, correction: correction, count: count,
                kernels: kernels)
            for index in 0..<gradient.count {
                let w = Double(Self.start.values[index])
                let anchor = Double(correction.anchor?.values[index] ?? 0)
                let offset = Double(correction.offset?.values[index] ?? 0)
                let g = gradient[index] / 3 + Double(correction.alpha) * (w - anchor) + offset + Double(Float(0.1)) * w
                #expect(abs(Double(actual.values[index]) - (w - 0.5 * g)) < 1e-6)
            }
        }
    }

    @Test(
        "A gradient within the norm stays as it is, to the bit", arguments: GradientCorrectionTests.optimizers)
    func within(optimizer: TrainingSettings.Optimizer) throws {
        let expected = try Self.trained(optimizer, clipNorm: nil, steps: 3)
        #expect(try Self.trained(optimizer, clipNorm: 1e6, steps: 3) == expected)
        #expect(try Self.trained(optimizer, clipNorm: 1e-3, steps: 3) != expected)
    }

    @Test("Every version of the kernels gives the same bits", arguments: GradientCorrectionTests.optimizers)
    func versions(optimizer: TrainingSettings.Optimizer) throws {
        let digests = try KernelVersion.available.map {
            try Self.trained(optimizer, clipNorm: 0.01, kernels: .fused($0), steps: 3).digest
        }
        #expect(digests.allSatisfy { $0 == digests[0] })
    }

    @Test("A gradient too large for a square in single precision is clipped all the same")
    func large() throws {
        var parameters = Self.start
        // The last layer's gradient grows with the values that come into it.
        parameters.withMutableValues { values in
            for index in Self.model.layout.tensors[3].range { values[index] = 1e25 }
        }
        let before = parameters
        _ = try Trainer(model: Self.model).train(
            &parameters, on: KernelsTests.examples(6, for: Self.model), indices: [0, 1, 2, 3, 4, 5],
            settings: TrainingSettings(
                localEpochs: 1, batchSize: .all, optimizer: .sgd(learningRate: 1), clipNorm: 0.5),
            seed: 1, round: 1, client: 1, isCancelled: { false })
        let last = Self.model.layout.tensors[4].range
        let change = last.reduce(0.0) {
            let step = Double(before.values[$1]) - Double(parameters.values[$1])
            return $0 + step * step
        }
        #expect(abs(change.squareRoot() - 0.5) < 1e-4)
    }
}
