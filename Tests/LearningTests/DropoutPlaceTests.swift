import Learning
import Parameters
import Testing

/// Models with a place for dropout, whose rate the training brings.
struct DropoutPlaceTests {
    /// Two models of the same layers, one with the rate in the model and one with places for it.
    static func model(rate: Float?) -> ModelDefinition {
        ModelDefinition(
            name: rate == nil ? "place" : "rate", input: ImageShape(channels: 1, height: 8, width: 9),
            layers: [
                .convolution(filters: 16, kernel: 3, padding: .valid), .relu, .maxPooling, .dropout(rate: rate),
                .dense(units: 20), .relu, .dropout(rate: rate), .dense(units: 3),
            ])
    }

    static func trained(
        _ model: ModelDefinition, dropout: Float, kernels: Kernels = .fused, client: UInt32 = 1,
        batch: TrainingSettings.BatchSize = .examples(7)
    ) throws -> ParameterVector {
        var parameters = KernelsTests.parameters(of: model)
        _ = try Trainer(model: model, kernels: kernels).train(
            &parameters, on: KernelsTests.examples(300, for: model), indices: (0..<300).map { $0 },
            settings: TrainingSettings(
                localEpochs: 2, batchSize: batch, optimizer: .sgd(learningRate: 0.05), dropout: dropout),
            seed: 1, round: 1, client: client, isCancelled: { false })
        return parameters
    }

    @Test("It does what a layer with that rate does, to the bit", arguments: [Kernels.fused, .openblas])
    func sameAsLayer(kernels: Kernels) throws {
        for batch: TrainingSettings.BatchSize in [.examples(7), .all] {
            let place = try Self.trained(Self.model(rate: nil), dropout: 0.4, kernels: kernels, batch: batch)
            let layer = try Self.trained(Self.model(rate: 0.4), dropout: 0, kernels: kernels, batch: batch)
            #expect(place == layer)
        }
    }

    @Test("Without a rate nothing is dropped and nothing drawn: the masks are the client's")
    func rate() throws {
        let model = Self.model(rate: nil)
        let none = try Self.trained(model, dropout: 0)
        let some = try Self.trained(model, dropout: 0.4)
        #expect(none == (try Self.trained(Self.model(rate: 0), dropout: 0)))
        #expect(some != none)
        #expect(some == (try Self.trained(model, dropout: 0.4)))
        #expect(some != (try Self.trained(model, dropout: 0.4, client: 2)))
    }

    @Test("A model without a place trains as it does")
    func noPlace() throws {
        #expect(try Self.trained(.logistic, dropout: 0.5) == Self.trained(.logistic, dropout: 0))
    }

    @Test("The models say whether they have a place", arguments: ModelDefinition.allOnMNIST)
    func models(model: ModelDefinition) throws {
        #expect(model.takesDropout == !["logistic", "lenet"].contains(model.name))
        let digests = try KernelVersion.available.map { version in
            var parameters = model.initialParameters(seed: 1)
            _ = try Trainer(model: model, kernels: .fused(version)).train(
                &parameters, on: KernelsTests.examples(6, for: model), indices: [0, 1, 2, 3, 4, 5],
                settings: TrainingSettings(
                    localEpochs: 1, batchSize: .examples(3), optimizer: .sgd(learningRate: 0.05), dropout: 0.5),
                seed: 1, round: 1, client: 1, isCancelled: { false })
            return parameters.digest
        }
        #expect(digests.allSatisfy { $0 == digests[0] })
    }
}
