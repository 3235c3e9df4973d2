import Learning
import Parameters
import Testing

/// Layers whose filters are no whole number of vectors run with more of them, all zeros.
struct PaddedLayersTests {
    /// Padded filters before each kind of layer, and padded channels in the weight of each.
    static let models: [ModelDefinition] = [
        .lenet,
        ModelDefinition(
            name: "padded-dense", input: ImageShape(channels: 1, height: 11, width: 12),
            layers: [
                .convolution(filters: 5, kernel: 3, padding: .same), .relu, .maxPooling, .dense(units: 9), .relu,
                .dense(units: 4),
            ]),
        ModelDefinition(
            name: "padded-twice", input: ImageShape(channels: 1, height: 16, width: 15),
            layers: [
                .convolution(filters: 20, kernel: 3, padding: .same), .relu, .maxPooling,
                .convolution(filters: 33, kernel: 3, padding: .valid), .relu, .maxPooling, .dense(units: 4),
            ]),
        ModelDefinition(
            name: "padded-alone", input: ImageShape(channels: 1, height: 14, width: 14),
            layers: [
                .convolution(filters: 3, kernel: 5, padding: .valid), .relu, .maxPooling, .maxPooling,
                .convolution(filters: 4, kernel: 2, padding: .valid), .relu, .dense(units: 4),
            ]),
    ]

    static func trained(
        _ model: ModelDefinition, _ kernels: Kernels, _ optimizer: TrainingSettings.Optimizer, clipNorm: Float? = nil,
        correction: GradientCorrection = .none
    ) throws -> ParameterVector {
        var parameters = KernelsTests.parameters(of: model)
        _ = try Trainer(model: model, kernels: kernels).train(
            &parameters, on: KernelsTests.examples(12, for: model), indices: (0..<12).map { $0 },
            settings: TrainingSettings(
                localEpochs: 2, batchSize: .examples(4), optimizer: optimizer, clipNorm: clipNorm),
            correction: correction, seed: 1, round: 1, client: 1, isCancelled: { false })
        return parameters
    }

    @Test("Loading and storing loses nothing and adds nothing", arguments: models)
    func roundTrip(model: ModelDefinition) throws {
        let start = KernelsTests.parameters(of: model)
        #expect(try Self.trained(model, .fused, .sgd(learningRate: 0)) == start)
    }

    @Test("Some steps are those of layers without padding, whatever the step is made of", arguments: models)
    func sameAsUnpadded(model: ModelDefinition) throws {
        let start = KernelsTests.parameters(of: model)
        let vector = ParameterVector(
            layout: model.layout, values: Values(random: model.layout.count, stream: 3).array.map { $0 * 0.1 })
        for optimizer: TrainingSettings.Optimizer in [
            .sgd(learningRate: 0.05, weightDecay: 0.1), .sgd(learningRate: 0.02, momentum: 0.9, weightDecay: 0.1),
        ] {
            for clipNorm: Float? in [nil, 0.5] {
                for correction in [.none, GradientCorrection(alpha: 0.5, anchor: vector, offset: vector)] {
                    let fused = try Self.trained(model, .fused, optimizer, clipNorm: clipNorm, correction: correction)
                    let other = try Self.trained(
                        model, .openblas, optimizer, clipNorm: clipNorm, correction: correction)
                    let worst = zip(fused.values, other.values).map { abs($0 - $1) }.max() ?? 0
                    #expect(worst < 1e-5, "\(optimizer), \(String(describing: clipNorm))")
                    #expect(fused != start)
                }
            }
        }
    }

    @Test("Every version gives the same bits", arguments: models)
    func versions(model: ModelDefinition) throws {
        let digests = try KernelVersion.available.map {
            try Self.trained(model, .fused($0), .adam(learningRate: 0.01), clipNorm: 1).digest
        }
        #expect(digests.allSatisfy { $0 == digests[0] })
    }

    @Test("LeNet's loss falls along its gradient as the gradient says", arguments: [Kernels.fused, .openblas])
    func differences(kernels: Kernels) throws {
        let model = ModelDefinition.lenet
        let trainer = Trainer(model: model, kernels: kernels)
        let examples = KernelsTests.examples(40, for: model)
        let start = model.initialParameters(seed: 3)
        func after(_ rate: Float) throws -> ParameterVector {
            var parameters = start
            _ = try trainer.train(
                &parameters, on: examples, indices: (0..<40).map { $0 },
                settings: TrainingSettings(localEpochs: 1, batchSize: .all, optimizer: .sgd(learningRate: rate)),
                seed: 1, round: 1, client: 1, isCancelled: { false })
            return parameters
        }
        let square = zip(start.values, try after(1).values).reduce(0.0) {
            let gradient = Double($1.0) - Double($1.1)
            return $0 + gradient * gradient
        }
        let rate: Float = 1e-3
        // Up the gradient is a step of a rate below 0.
        let below = trainer.evaluate(try after(rate), on: examples, range: 0..<40).loss
        let above = trainer.evaluate(try after(-rate), on: examples, range: 0..<40).loss
        #expect(abs((above - below) / (2 * Double(rate)) - square) < 0.01 * square)
    }
}
