import Learning
import Parameters
import Testing

/// The corrected step against the formula, in double precision.
struct GradientCorrectionTests {
    static let model = ModelDefinition(
        name: "small", input: ImageShape(channels: 1, height: 8, width: 9),
        layers: [
            .convolution(filters: 16, kernel: 3, padding: .valid), .relu, .maxPooling,
            .dense(units: 7), .relu, .dense(units: 3),
        ])

    static let optimizers: [TrainingSettings.Optimizer] = [
        .sgd(learningRate: 0.05), .sgd(learningRate: 0.05, weightDecay: 0.1),
        .sgd(learningRate: 0.05, momentum: 0.9, weightDecay: 0.01), .adam(learningRate: 0.01, weightDecay: 0.01),
    ]

    static let start = KernelsTests.parameters(of: model)

    /// A vector of numbers of about the size of `scale`.
    static func vector(_ stream: UInt32, scale: Float) -> ParameterVector {
        let values = Values(random: model.layout.count, stream: stream)
        return ParameterVector(layout: model.layout, values: values.array.map { $0 * scale })
    }

    static let anchor = vector(1, scale: 0.5)
    static let offset = vector(2, scale: 0.25)

    static let corrections = [
        GradientCorrection(alpha: 0.5), GradientCorrection(alpha: 0.5, anchor: anchor),
        GradientCorrection(offset: offset), GradientCorrection(alpha: 0.25, anchor: anchor, offset: offset),
    ]

    /// The parameters after each of `steps` steps on the same examples.
    static func path(
        _ optimizer: TrainingSettings.Optimizer, _ correction: GradientCorrection, from start: ParameterVector = start,
        kernels: Kernels = .fused, steps: Int = 3
    ) throws -> [ParameterVector] {
        let examples = KernelsTests.examples(6, for: model)
        var parameters = start
        var path: [ParameterVector] = []
        _ = try Trainer(model: model, kernels: kernels).train(
            &parameters, on: examples, indices: [0, 1, 2, 3, 4, 5],
            settings: TrainingSettings(localEpochs: steps, batchSize: .all, optimizer: optimizer),
            correction: correction, seed: 1, round: 1, client: 1, isCancelled: { false },
            afterStep: { _, parameters in path.append(parameters()) })
        return path
    }

    /// The gradient at `parameters`: what a step of rate 1 takes away.
    static func gradient(at parameters: ParameterVector, kernels: Kernels) throws -> [Double] {
        let after = try path(.sgd(learningRate: 1), .none, from: parameters, kernels: kernels, steps: 1)[0]
        return zip(parameters.values, after.values).map { Double($0) - Double($1) }
    }

    @Test("Each optimiser's step is the formula's", arguments: optimizers, corrections)
    func formula(optimizer: TrainingSettings.Optimizer, correction: GradientCorrection) throws {
        for kernels: Kernels in [.fused, .openblas] {
            let path = try Self.path(optimizer, correction, kernels: kernels)
            var first = [Double](repeating: 0, count: Self.model.layout.count)
            var second = first
            var before = Self.start
            for (step, after) in path.enumerated() {
                let gradient = try Self.gradient(at: before, kernels: kernels)
                var worst = 0.0
                for index in 0..<gradient.count {
                    let w = Double(before.values[index])
                    let anchor = correction.anchor.map { Double($0.values[index]) } ?? 0
                    let offset = correction.offset.map { Double($0.values[index]) } ?? 0
                    var g = gradient[index] + Double(correction.alpha) * (w - anchor) + offset
                    var expected = w
                    switch optimizer {
                    case .sgd(let sgd):
                        g += Double(sgd.weightDecay) * w
                        first[index] = Double(sgd.momentum) * first[index] + g
                        expected -= Double(sgd.learningRate) * first[index]
                    case .adam(let adam):
                        let (beta1, beta2) = (Double(adam.beta1), Double(adam.beta2))
                        g += Double(adam.weightDecay) * w
                        first[index] = beta1 * first[index] + (1 - beta1) * g
                        second[index] = beta2 * second[index] + (1 - beta2) * g * g
                        let mean = first[index] / (1 - power(beta1, step + 1))
                        let square = second[index] / (1 - power(beta2, step + 1))
                        // Where the gradient is hardly more than the rounding of its own measurement, Adam magnifies that.
                        guard g.magnitude > 1e-3 else { continue }
                        expected -= Double(adam.learningRate) * mean / (square.squareRoot() + Double(adam.epsilon))
                    }
                    worst = max(worst, (expected - Double(after.values[index])).magnitude)
                }
                #expect(worst < 3e-6, "step \(step + 1), \(kernels)")
                before = after
            }
        }
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }

    @Test("A correction of nothing changes no bit", arguments: optimizers)
    func nothing(optimizer: TrainingSettings.Optimizer) throws {
        let expected = try Self.path(optimizer, .none)
        #expect(try Self.path(optimizer, GradientCorrection(alpha: 0, anchor: Self.anchor)) == expected)
        #expect(try Self.path(optimizer, GradientCorrection(alpha: 0.5, anchor: Self.anchor)) != expected)
    }

    @Test("Every version of the kernels gives the same bits", arguments: optimizers, corrections)
    func versions(optimizer: TrainingSettings.Optimizer, correction: GradientCorrection) throws {
        let digests = try KernelVersion.available.map {
            try Self.path(optimizer, correction, kernels: .fused($0)).map(\.digest)
        }
        #expect(digests.allSatisfy { $0 == digests[0] })
    }

    @Test("A correction does not outlive its training", arguments: optimizers)
    func reuse(optimizer: TrainingSettings.Optimizer) throws {
        let examples = KernelsTests.examples(6, for: Self.model)
        let trainer = Trainer(model: Self.model)
        for correction in [Self.corrections[3], .none, Self.corrections[1], .none] {
            var parameters = Self.start
            _ = try trainer.train(
                &parameters, on: examples, indices: [0, 1, 2, 3, 4, 5],
                settings: TrainingSettings(localEpochs: 3, batchSize: .all, optimizer: optimizer),
                correction: correction, seed: 1, round: 1, client: 1, isCancelled: { false })
            #expect(try parameters == Self.path(optimizer, correction).last)
        }
    }

    @Test("A batch that passes in parts is corrected once")
    func parts() throws {
        let examples = KernelsTests.examples(300, for: Self.model)
        func trained(_ correction: GradientCorrection) throws -> ParameterVector {
            var parameters = Self.start
            _ = try Trainer(model: Self.model).train(
                &parameters, on: examples, indices: (0..<300).map { $0 },
                settings: TrainingSettings(
                    localEpochs: 1, batchSize: .all, optimizer: .sgd(learningRate: 0.5)),
                correction: correction, seed: 1, round: 1, client: 1, isCancelled: { false })
            return parameters
        }
        let plain = try trained(.none)
        let corrected = try trained(GradientCorrection(offset: Self.offset))
        for index in 0..<plain.values.count {
            #expect(abs(corrected.values[index] - (plain.values[index] - 0.5 * Self.offset.values[index])) < 1e-6)
        }
    }
}
