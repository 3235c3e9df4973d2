import Learning
import Parameters
import Randomness
import Testing

struct TrainerTests {
    static let examples = HashedNumbers.examples(620)
    static let sgd = TrainingSettings.Optimizer.sgd(learningRate: 0.03125)

    /// A model with every kind of layer, also those that the others do not have on their own.
    static let mixed = ModelDefinition(
        name: "mixed", input: .mnist,
        layers: [
            .convolution(filters: 4, kernel: 3, padding: .same), .maxPooling, .dropout(rate: 0.25),
            .convolution(filters: 5, kernel: 3, padding: .valid), .relu, .maxPooling,
            .convolution(filters: 3, kernel: 3, padding: .valid), .relu,
            .dense(units: 12), .relu, .dropout(rate: 0.5), .dense(units: 10),
        ])

    static func train(
        _ trainer: Trainer, from start: ParameterVector? = nil, _ indices: Range<Int32> = 0..<25,
        batch: TrainingSettings.BatchSize = .examples(10),
        epochs: Int = 2, optimizer: TrainingSettings.Optimizer = sgd, round: UInt32 = 1, client: UInt32 = 4
    ) throws -> (ParameterVector, TrainingReport) {
        var parameters = start ?? trainer.model.initialParameters(seed: 5)
        let report = try trainer.train(
            &parameters, on: examples, indices: indices.map { $0 },
            settings: TrainingSettings(localEpochs: epochs, batchSize: batch, optimizer: optimizer), seed: 5,
            round: round, client: client, isCancelled: { false })
        return (parameters, report)
    }

    static let optimizers: [TrainingSettings.Optimizer] = [
        sgd, .sgd(learningRate: 0.0078125, momentum: 0.875, weightDecay: 0.015625), .adam(learningRate: 0.001),
    ]

    @Test(
        "What a trainer did before changes no bit", arguments: [ModelDefinition.cnn, .mlp2NN, .logistic, mixed],
        optimizers)
    func reuse(model: ModelDefinition, optimizer: TrainingSettings.Optimizer) throws {
        let (fresh, report) = try Self.train(Trainer(model: model), optimizer: optimizer)
        let used = Trainer(model: model)
        _ = try Self.train(used, 100..<170, batch: .all, epochs: 1, optimizer: .adam(learningRate: 0.01))
        _ = used.evaluate(model.initialParameters(seed: 9), on: Self.examples, range: 0..<200)
        let (again, secondReport) = try Self.train(used, optimizer: optimizer)
        #expect(again.digest == fresh.digest)
        #expect(secondReport == report)
        #expect(fresh != model.initialParameters(seed: 5))
    }

    @Test("Round, client and seed each change the result")
    func streams() throws {
        let trainer = Trainer(model: .logistic)
        let one = try Self.train(trainer).0
        #expect(try Self.train(trainer, round: 2).0 != one)
        #expect(try Self.train(trainer, client: 5).0 != one)
        #expect(try Self.train(trainer).0 == one)
    }

    @Test("Epochs are reshuffled, in one stream; the last batch may be smaller; the report adds up")
    func batches() throws {
        let model = ModelDefinition.mlp2NN
        let trainer = Trainer(model: model)
        let (whole, report) = try Self.train(trainer, 0..<13, batch: .examples(5), epochs: 2)
        #expect(report.steps == 6 && report.examples == 13)

        // Plain SGD remembers nothing, so each step is a training of its own.
        var parameters = model.initialParameters(seed: 5)
        var order = (0..<Int32(13)).map { $0 }
        var stream = RandomStream(seed: 5, purpose: .shuffling, round: 1, client: 4)
        var lossSum = 0.0
        var correct = 0.0
        for _ in 0..<2 {
            stream.shuffle(&order)
            for first in stride(from: 0, to: 13, by: 5) {
                // This shuffles the batch once more, which only rounding sees.
                let part = try trainer.train(
                    &parameters, on: Self.examples, indices: Array(order[first..<min(first + 5, 13)]),
                    settings: TrainingSettings(localEpochs: 1, batchSize: .all, optimizer: Self.sgd), seed: 5,
                    round: 1, client: 4, isCancelled: { false })
                #expect(part.steps == 1)
                lossSum += part.loss * Double(part.examples)
                correct += part.accuracy * Double(part.examples)
            }
        }
        #expect(abs(report.loss - lossSum / 26) < 1e-5)
        #expect(abs(report.accuracy - correct / 26) < 1e-9)
        for (one, other) in zip(whole.values, parameters.values) {
            #expect(abs(one - other) < 1e-5)
        }
    }

    @Test("A batch too large for one pass is the mean of its parts", arguments: [ModelDefinition.cnn, .mlp2NN])
    func largeBatch(model: ModelDefinition) throws {
        let trainer = Trainer(model: model)
        let start = model.initialParameters(seed: 5)
        let whole = try Self.train(trainer, 0..<300, batch: .all, epochs: 1).0
        let first = try Self.train(trainer, 0..<150, batch: .all, epochs: 1).0
        let second = try Self.train(trainer, 150..<300, batch: .all, epochs: 1).0
        for index in 0..<start.values.count {
            let mean = (first.values[index] + second.values[index]) / 2
            #expect(abs(whole.values[index] - mean) < 1e-5)
        }
        #expect(whole != start)
    }

    @Test("All 600 examples of a client in one step of the largest model")
    func wholeShard() throws {
        let (parameters, report) = try Self.train(
            Trainer(model: .mcmahanCNN), 0..<600, batch: .all, epochs: 1, optimizer: .adam(learningRate: 0.001))
        #expect(report.steps == 1 && report.examples == 600)
        #expect(parameters.isFinite)
    }

    @Test(
        "Training lowers the loss, with every kind of layer",
        arguments: [ModelDefinition.cnn, .mlp2NN, .logistic, mixed])
    func learns(model: ModelDefinition) throws {
        let trainer = Trainer(model: model)
        let before = trainer.evaluate(model.initialParameters(seed: 5), on: Self.examples, range: 0..<25)
        let trained = try Self.train(
            trainer, epochs: model == Self.mixed ? 200 : 40, optimizer: .adam(learningRate: 0.002)
        ).0
        let after = trainer.evaluate(trained, on: Self.examples, range: 0..<25)
        #expect(after.loss < 0.5 * before.loss)
        #expect(after.accuracy > 0.8)
    }

    @Test("The report is of the losses before each step")
    func report() throws {
        let trainer = Trainer(model: .cnn)
        let start = ModelDefinition.cnn.initialParameters(seed: 5)
        let report = try Self.train(trainer, 0..<50, batch: .all, epochs: 1).1
        let evaluation = trainer.evaluate(start, on: Self.examples, range: 0..<50)
        #expect(abs(report.loss - evaluation.loss) < 1e-5)
        #expect(report.accuracy == evaluation.accuracy)
    }

    @Test("Evaluations of parts add up to that of the whole")
    func evaluation() {
        let trainer = Trainer(model: .cnn)
        let parameters = ModelDefinition.cnn.initialParameters(seed: 5)
        let whole = trainer.evaluate(parameters, on: Self.examples, range: 0..<620)
        let parts = [0..<200, 200..<500, 500..<620].map {
            trainer.evaluate(parameters, on: Self.examples, range: $0)
        }
        let sum = parts.reduce(Evaluation(), +)
        #expect(sum.count == 620 && sum.correct == whole.correct)
        #expect(abs(sum.lossSum - whole.lossSum) < 1e-6)
        #expect(trainer.evaluate(parameters, on: Self.examples, range: 7..<7) == Evaluation())
    }

    @Test("An evaluation at indices is that of the same examples in that order")
    func evaluationAtIndices() {
        let trainer = Trainer(model: .cnn)
        let parameters = ModelDefinition.cnn.initialParameters(seed: 5)
        let whole = trainer.evaluate(parameters, on: Self.examples, range: 30..<275)
        #expect(trainer.evaluate(parameters, on: Self.examples, indices: (30..<275).map { $0 }) == whole)
        let reversed = trainer.evaluate(parameters, on: Self.examples, indices: (30..<275).reversed())
        #expect(reversed.count == 245 && reversed.correct == whole.correct)
        #expect(abs(reversed.lossSum - whole.lossSum) < 1e-6)
        #expect(trainer.evaluate(parameters, on: Self.examples, indices: []) == Evaluation())
    }

    @Test("Progress is told after each step, with the parameters as they are")
    func progress() throws {
        let trainer = Trainer(model: .logistic)
        var parameters = ModelDefinition.logistic.initialParameters(seed: 5)
        var told: [TrainingProgress] = []
        var last: ParameterVector?
        let report = try trainer.train(
            &parameters, on: Self.examples, indices: (0..<25).map { $0 },
            settings: TrainingSettings(localEpochs: 2, batchSize: .examples(10), optimizer: Self.sgd), seed: 5,
            round: 1, client: 4, isCancelled: { false },
            afterStep: { progress, parameters in
                told.append(progress)
                last = parameters()
            })
        #expect(told.map(\.epoch) == [1, 1, 1, 2, 2, 2])
        #expect(told.map(\.step) == [1, 2, 3, 4, 5, 6])
        #expect(told.map(\.training.count) == [10, 20, 25, 10, 20, 25])
        #expect(told.map(\.endsEpoch) == [false, false, true, false, false, true])
        #expect(last == parameters)
        #expect(abs(report.loss - (told[2].training.loss + told[5].training.loss) / 2) < 1e-12)
    }

    @Test("A client without examples returns what it got")
    func empty() throws {
        let (parameters, report) = try Self.train(Trainer(model: .logistic), 0..<0)
        #expect(parameters == ModelDefinition.logistic.initialParameters(seed: 5))
        #expect(report == TrainingReport(loss: 0, accuracy: 0, examples: 0, steps: 0))
    }

    @Test("Divergence is told, at its step, and changes nothing", arguments: ModelDefinition.allOnMNIST)
    func divergence(model: ModelDefinition) throws {
        let trainer = Trainer(model: model)
        var parameters = model.initialParameters(seed: 5)
        let before = parameters
        #expect {
            _ = try trainer.train(
                &parameters, on: Self.examples, indices: (0..<25).map { $0 },
                settings: TrainingSettings(
                    localEpochs: 9, batchSize: .examples(10), optimizer: .sgd(learningRate: 3e38)),
                seed: 5, round: 1, client: 4, isCancelled: { false })
        } throws: { error in
            guard case TrainingFailure.diverged(let step) = error else { return false }
            return (2...27).contains(step)
        }
        #expect(parameters == before)
    }

    @Test("Parameters that are not finite are told, even where a ReLU hides them")
    func notFinite() throws {
        let model = ModelDefinition.cnn
        var values = model.initialParameters(seed: 5).values
        values[model.layout.tensors[0].range.lowerBound] = .nan
        let bad = ParameterVector(layout: model.layout, values: values)
        #expect {
            _ = try Self.train(Trainer(model: model), from: bad)
        } throws: { error in
            guard case TrainingFailure.diverged = error else { return false }
            return true
        }
    }

    @Test("A cancelled training stops before its next step and changes nothing")
    func cancellation() throws {
        let trainer = Trainer(model: .logistic)
        var parameters = ModelDefinition.logistic.initialParameters(seed: 5)
        let before = parameters
        var asked = 0
        #expect(throws: TrainingFailure.cancelled) {
            _ = try trainer.train(
                &parameters, on: Self.examples, indices: (0..<25).map { $0 },
                settings: TrainingSettings(localEpochs: 5, batchSize: .examples(5), optimizer: Self.sgd), seed: 5,
                round: 1, client: 4,
                isCancelled: {
                    asked += 1
                    return asked == 4
                })
        }
        #expect(asked == 4)
        #expect(parameters == before)
    }
}
