import Learning
import Parameters
import Testing

/// Layers that stand still in a training.
struct FrozenLayersTests {
    static let models: [ModelDefinition] = [.lenet, .mlp128x256, .cnn]

    /// Layers that are frozen together, as numbers among the model's.
    static func sets(of model: ModelDefinition) -> [Set<String>] {
        let layers = model.layout.layers
        return [[0], [layers.count - 1], Array(0..<layers.count - 1), Array(1..<layers.count), [1]].map { numbers in
            Set(numbers.map { layers[$0] })
        }
    }

    private static func trained(
        _ model: ModelDefinition, _ settings: TrainingSettings, frozen: Set<String>, kernels: Kernels,
        correction: GradientCorrection = .none
    ) throws -> (start: ParameterVector, end: ParameterVector) {
        let start = model.initialParameters(seed: 4)
        var parameters = start
        let trainer = Trainer(model: model, kernels: kernels)
        // What a training froze stands still no more in the next one.
        var other = start
        _ = try trainer.train(
            &other, on: KernelsTests.examples(6, for: model), indices: [0, 1, 2], settings: settings,
            frozen: [model.layout.layers[0]], seed: 2, round: 1, client: 1, isCancelled: { false })
        _ = try trainer.train(
            &parameters, on: KernelsTests.examples(6, for: model), indices: [0, 1, 2, 3, 4, 5], settings: settings,
            correction: correction, frozen: frozen, seed: 1, round: 1, client: 1, isCancelled: { false })
        return (start, parameters)
    }

    @Test("One step moves the others exactly as if nothing stood still", arguments: models, [Kernels.fused, .openblas])
    func oneStep(model: ModelDefinition, kernels: Kernels) throws {
        for optimizer in GradientCorrectionTests.optimizers {
            let settings = TrainingSettings(localEpochs: 1, batchSize: .all, optimizer: optimizer)
            let whole = try Self.trained(model, settings, frozen: [], kernels: kernels)
            for frozen in Self.sets(of: model) {
                let (start, end) = try Self.trained(model, settings, frozen: frozen, kernels: kernels)
                for tensor in model.layout.tensors {
                    let expected = frozen.contains(tensor.layer) ? start : whole.end
                    #expect(
                        end.values[tensor.range] == expected.values[tensor.range], "\(frozen), \(tensor.name)")
                }
            }
        }
    }

    @Test("After many steps they are what they were, and the others are not", arguments: models)
    func manySteps(model: ModelDefinition) throws {
        for clipNorm in [nil, Float(0.01)] {
            for optimizer in GradientCorrectionTests.optimizers {
                let settings = TrainingSettings(
                    localEpochs: 3, batchSize: .examples(2), optimizer: optimizer, clipNorm: clipNorm)
                for frozen in Self.sets(of: model) {
                    let (start, end) = try Self.trained(model, settings, frozen: frozen, kernels: .fused)
                    for tensor in model.layout.tensors {
                        let isStill = end.values[tensor.range] == start.values[tensor.range]
                        #expect(isStill == frozen.contains(tensor.layer), "\(frozen), \(tensor.name)")
                    }
                }
            }
        }
    }

    @Test("A gradient is clipped by the norm of what moves")
    func clipping() throws {
        let model = ModelDefinition.mlp128x256
        let rate = TrainingSettings.Optimizer.sgd(learningRate: 1)
        for frozen in Self.sets(of: model) {
            let (start, free) = try Self.trained(
                model, TrainingSettings(localEpochs: 1, batchSize: .all, optimizer: rate), frozen: frozen,
                kernels: .fused)
            let norm = start.squaredDistance(to: free).squareRoot()
            let clipped = try Self.trained(
                model,
                TrainingSettings(localEpochs: 1, batchSize: .all, optimizer: rate, clipNorm: Float(norm / 4)),
                frozen: frozen, kernels: .fused
            ).end
            #expect(abs(start.squaredDistance(to: clipped).squareRoot() - norm / 4) < 1e-5 * norm)
        }
    }

    @Test("Parts of a client's training draw from streams of their own")
    func parts() throws {
        let model = ModelDefinition.logistic
        let ends = try [TrainingPart.update, .head, .personal, .fineTuning].map { part in
            var parameters = model.initialParameters(seed: 4)
            _ = try Trainer(model: model).train(
                &parameters, on: KernelsTests.examples(6, for: model), indices: [0, 1, 2, 3, 4, 5],
                settings: TrainingSettings(
                    localEpochs: 2, batchSize: .examples(1), optimizer: .sgd(learningRate: 0.5)), part: part, seed: 1,
                round: 1, client: 1, isCancelled: { false })
            return parameters.digest
        }
        #expect(Set(ends).count == 4)
    }
}
