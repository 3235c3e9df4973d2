import Foundation
import Learning
import Parameters
import TestSupport
import Testing

/// The first 20 steps of each model against PyTorch's. `Golden/make_golden.py` made the losses.
struct GoldenLossTests {
    struct Golden: Decodable {
        var examples: Int
        var runs: [Run]
    }

    struct Run: Decodable, Sendable, CustomTestStringConvertible {
        var model: String
        var optimizer: String
        var learningRate: Float
        var momentum: Float
        var weightDecay: Float
        var losses: [Double]

        var testDescription: String { "\(model), \(optimizer), momentum \(momentum), weight decay \(weightDecay)" }
    }

    static func golden() throws -> Golden {
        let file = Repository.path("Tests/LearningTests/Golden/losses.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Golden.self, from: Data(contentsOf: URL(filePath: file)))
    }

    @Test("20 losses agree to 1e-4", arguments: try golden().runs, [Kernels.fused, .openblas])
    func losses(run: Run, kernels: Kernels) throws {
        let model = try #require(ModelDefinition.onMNIST(named: run.model))
        let examples = HashedNumbers.examples(try Self.golden().examples)
        let optimizer: TrainingSettings.Optimizer =
            run.optimizer == "adam"
            ? .adam(learningRate: run.learningRate, weightDecay: run.weightDecay)
            : .sgd(learningRate: run.learningRate, momentum: run.momentum, weightDecay: run.weightDecay)
        var parameters = HashedNumbers.parameters(of: model)
        var losses: [Double] = []
        // With all examples in each batch, an epoch is a step, and their order matters to the rounding alone.
        let report = try Trainer(model: model, kernels: kernels).train(
            &parameters, on: examples, indices: (0..<Int32(examples.count)).map { $0 },
            settings: TrainingSettings(localEpochs: run.losses.count, batchSize: .all, optimizer: optimizer), seed: 1,
            round: 1, client: 0, isCancelled: { false },
            afterStep: { progress, _ in losses.append(progress.training.loss) })
        #expect(run.losses.count == 20 && losses.count == 20 && report.steps == 20)
        for (step, pair) in zip(losses, run.losses).enumerated() {
            #expect(abs(pair.0 - pair.1) <= 1e-4 * pair.1, "step \(step + 1): \(pair.0), PyTorch \(pair.1)")
        }
    }
}
