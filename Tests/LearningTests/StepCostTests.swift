import AllocationCounter
import Learning
import Parameters
import Testing

/// A training step computes and does nothing else.
struct StepCostTests {
    /// What each step of a training took, on this thread, the first left out: it makes room for the batch.
    private func costs(
        _ model: ModelDefinition, _ kernels: Kernels, _ optimizer: TrainingSettings.Optimizer, batch: Int,
        correction: GradientCorrection = .none, clipNorm: Float? = nil, dropout: Float = 0
    ) throws -> [fed_counts] {
        let examples = KernelsTests.examples(3 * batch - 1, for: model)
        var parameters = model.initialParameters(seed: 1)
        let trainer = Trainer(model: model, kernels: kernels)
        var marks: [fed_counts] = []
        marks.reserveCapacity(64)
        _ = try trainer.train(
            &parameters, on: examples, indices: (0..<Int32(examples.count)).map { $0 },
            settings: TrainingSettings(
                localEpochs: 3, batchSize: .examples(batch), optimizer: optimizer, clipNorm: clipNorm, dropout: dropout),
            correction: correction, seed: 1, round: 1, client: 0, isCancelled: { false },
            afterStep: { _, _ in marks.append(fed_counts_so_far()) })
        #expect(marks.count == 9)
        return zip(marks.dropFirst(), marks).map {
            fed_counts(allocations: $0.allocations - $1.allocations, references: $0.references - $1.references)
        }
    }

    @Test("The counters count")
    func counters() {
        let before = fed_counts_so_far()
        var objects: [AnyObject] = []
        for _ in 0..<10 {
            let box = Box()
            objects.append(box)
            objects.append(box)
        }
        let after = fed_counts_so_far()
        #expect(after.allocations >= before.allocations + 10)
        #expect(after.references > before.references)
        #expect(objects.count == 20)
    }

    @Test("No memory is taken and no reference counted in a step", arguments: ModelDefinition.allOnMNIST.map(\.name))
    func nothing(name: String) throws {
        let model = try #require(ModelDefinition.onMNIST(named: name))
        let optimizers: [TrainingSettings.Optimizer] = [
            .sgd(learningRate: 0.01), .sgd(learningRate: 0.01, momentum: 0.9), .adam(learningRate: 0.01),
        ]
        let start = model.initialParameters(seed: 2)
        for optimizer in optimizers {
            for correction in [.none, GradientCorrection(alpha: 0.1, anchor: start, offset: start)] {
                for cost in try costs(model, .fused, optimizer, batch: 10, correction: correction) {
                    #expect(cost.allocations == 0 && cost.references == 0, "\(optimizer): \(cost)")
                }
            }
        }
        for cost in try costs(model, .fused, optimizers[0], batch: 10, clipNorm: 0.1) {
            #expect(cost.allocations == 0 && cost.references == 0, "clipped: \(cost)")
        }
        for cost in try costs(model, .fused, optimizers[0], batch: 10, dropout: 0.5) {
            #expect(cost.allocations == 0 && cost.references == 0, "dropout: \(cost)")
        }
        // What OpenBLAS does inside is its own.
        for cost in try costs(model, .openblas, optimizers[0], batch: 10) {
            #expect(cost.references == 0, "openblas: \(cost)")
        }
        // A batch that goes through the layers in parts.
        if model.name == "logistic" {
            for cost in try costs(model, .fused, optimizers[0], batch: 300) {
                #expect(cost.allocations == 0 && cost.references == 0, "in parts: \(cost)")
            }
        }
    }

    private final class Box {}
}
