import CKernels
import Foundation
import Learning
import Parameters
import Testing

/// The fused kernels: every version gives the same bits, and they compute what OpenBLAS does.
struct KernelsTests {
    /// Shapes that the models do not have: odd sides, other numbers of channels and filters, one that is not square,
    /// one so wide that nothing is skipped, dense layers of any size, and a layer that goes through OpenBLAS.
    static let odd: [ModelDefinition] = [
        ModelDefinition(
            name: "odd-3", input: ImageShape(channels: 1, height: 17, width: 23),
            layers: [
                .convolution(filters: 48, kernel: 3, padding: .same), .relu, .maxPooling,
                .convolution(filters: 80, kernel: 3, padding: .same), .relu, .maxPooling,
                .dense(units: 7), .relu, .dropout(rate: 0.25), .dense(units: 3),
            ]),
        ModelDefinition(
            name: "odd-5", input: ImageShape(channels: 1, height: 21, width: 26),
            layers: [
                .convolution(filters: 16, kernel: 5, padding: .valid), .relu, .maxPooling,
                .convolution(filters: 112, kernel: 5, padding: .valid), .relu, .maxPooling,
                .dense(units: 33), .relu, .dense(units: 10),
            ]),
        ModelDefinition(
            name: "wide", input: ImageShape(channels: 1, height: 6, width: 70),
            layers: [.convolution(filters: 32, kernel: 5, padding: .same), .relu, .maxPooling, .dense(units: 5)]),
        ModelDefinition(
            name: "many-channels", input: ImageShape(channels: 48, height: 9, width: 8),
            layers: [.convolution(filters: 16, kernel: 3, padding: .valid), .relu, .maxPooling, .dense(units: 4)]),
        ModelDefinition(
            name: "uncovered", input: ImageShape(channels: 1, height: 12, width: 12),
            layers: [
                .convolution(filters: 6, kernel: 5, padding: .same), .relu, .maxPooling,
                .convolution(filters: 16, kernel: 3, padding: .valid), .relu, .dense(units: 5),
            ]),
    ]

    /// What the images hold.
    enum Images: CaseIterable {
        case sparse, dense, zero

        func byte(_ index: Int) -> UInt8 {
            let x = HashedNumbers.hashed(77, index)
            switch self {
            case .sparse: return x & 3 == 0 ? UInt8(x >> 24) : 0
            case .dense: return UInt8(x >> 24) | 1
            case .zero: return 0
            }
        }
    }

    static func examples(_ count: Int, for model: ModelDefinition, _ images: Images = .sparse) -> ExampleSet {
        ExampleSet(
            shape: model.input, classes: model.classes,
            images: (0..<count * model.input.count).map(images.byte),
            labels: (0..<count).map { UInt8(Int(HashedNumbers.hashed(78, $0) >> 8) % model.classes) })
    }

    static func parameters(of model: ModelDefinition, scaled scale: Float = 1, biases: Float = 0.02)
        -> ParameterVector
    {
        var parameters = model.initialParameters(seed: 3)
        parameters.withMutableValues { values in
            for tensor in model.layout.tensors {
                let isBias = tensor.shape.count == 1
                for index in tensor.range {
                    values[index] = isBias ? biases * Float(index % 5 - 2) : values[index] * scale
                }
            }
        }
        return parameters
    }

    struct Result: Equatable {
        var digest: ContentDigest
        var loss: UInt64
        var evaluation: UInt64
        var correct: Int
    }

    static func result(
        _ kernels: Kernels, _ model: ModelDefinition, _ examples: ExampleSet, from start: ParameterVector,
        batch: Int, optimizer: TrainingSettings.Optimizer = .sgd(learningRate: 0.02)
    ) throws -> Result {
        let trainer = Trainer(model: model, kernels: kernels)
        var parameters = start
        let report = try trainer.train(
            &parameters, on: examples, indices: (0..<Int32(examples.count)).map { $0 },
            settings: TrainingSettings(localEpochs: 1, batchSize: .examples(batch), optimizer: optimizer), seed: 5,
            round: 1, client: 2, isCancelled: { false })
        let evaluation = trainer.evaluate(parameters, on: examples, range: 0..<examples.count)
        return Result(
            digest: parameters.digest, loss: report.loss.bitPattern, evaluation: evaluation.lossSum.bitPattern,
            correct: evaluation.correct)
    }

    static func expectSameBits(
        _ model: ModelDefinition, _ examples: ExampleSet, from start: ParameterVector, batch: Int,
        optimizer: TrainingSettings.Optimizer = .sgd(learningRate: 0.02),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let versions = KernelVersion.available
        let first = try result(.fused(versions[0]), model, examples, from: start, batch: batch, optimizer: optimizer)
        for version in versions.dropFirst() {
            let other = try result(.fused(version), model, examples, from: start, batch: batch, optimizer: optimizer)
            #expect(
                other == first, "\(version.name) against \(versions[0].name), batches of \(batch)",
                sourceLocation: sourceLocation)
        }
    }

    @Test("The plain version is there on every processor, after all others")
    func versions() {
        let names = KernelVersion.available.map(\.name)
        #expect(["plain", "NEON"].contains(names.last))
        #expect(Set(names).count == names.count)
    }

    @Test("Every version gives the same bits: models, kinds of images", arguments: ModelDefinition.allOnMNIST + odd)
    func sameBits(model: ModelDefinition) throws {
        for images in Images.allCases {
            let examples = Self.examples(7, for: model, images)
            try Self.expectSameBits(model, examples, from: Self.parameters(of: model), batch: 5)
        }
        // Every output of every layer positive, or none.
        for biases: Float in [10, -10] {
            var parameters = Self.parameters(of: model, scaled: 0.01)
            parameters.withMutableValues { values in
                for tensor in model.layout.tensors.dropLast(2) where tensor.shape.count == 1 {
                    for index in tensor.range { values[index] = biases }
                }
            }
            try Self.expectSameBits(model, Self.examples(3, for: model), from: parameters, batch: 3)
        }
    }

    @Test("Every version gives the same bits: batches of 1 to 65", arguments: [ModelDefinition.cnn] + odd)
    func batchSizes(model: ModelDefinition) throws {
        for batch in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 16, 25, 33, 65] {
            let examples = Self.examples(model.name == "cnn" && batch > 16 ? 2 : batch, for: model)
            try Self.expectSameBits(model, examples, from: Self.parameters(of: model), batch: batch)
        }
    }

    @Test(
        "Every version gives the same bits: denormal and very large weights, every optimiser",
        arguments: [ModelDefinition.cnn, .logistic] + odd)
    func extremes(model: ModelDefinition) throws {
        let examples = Self.examples(4, for: model)
        for scale: Float in [1e-38, 0x1p-140, 3e4] {
            let start = Self.parameters(of: model, scaled: scale, biases: 0x1p-135)
            try Self.expectSameBits(model, examples, from: start, batch: 4, optimizer: .sgd(learningRate: 1e-30))
        }
        let start = Self.parameters(of: model)
        for optimizer: TrainingSettings.Optimizer in [
            .sgd(learningRate: 0.01, weightDecay: 0.1), .sgd(learningRate: 0.01, momentum: 0.9),
            .adam(learningRate: 0.01),
        ] {
            try Self.expectSameBits(model, examples, from: start, batch: 2, optimizer: optimizer)
        }
    }

    @Test("The fused kernels compute what OpenBLAS does", arguments: ModelDefinition.allOnMNIST + odd)
    func oracle(model: ModelDefinition) throws {
        let start = Self.parameters(of: model)
        for batch in [1, 3, 10, 17] {
            let examples = Self.examples(batch, for: model)
            // With a rate of 1 the step is the gradient.
            func gradient(_ kernels: Kernels) throws -> [Double] {
                var parameters = start
                _ = try Trainer(model: model, kernels: kernels).train(
                    &parameters, on: examples, indices: (0..<Int32(batch)).map { $0 },
                    settings: TrainingSettings(
                        localEpochs: 1, batchSize: .all, optimizer: .sgd(learningRate: 1)), seed: 5, round: 1,
                    client: 2, isCancelled: { false })
                return zip(start.array, parameters.array).map { Double($0) - Double($1) }
            }
            let expected = try gradient(.openblas)
            let actual = try gradient(.fused)
            for tensor in model.layout.tensors {
                let norm = tensor.range.reduce(0) { $0 + expected[$1] * expected[$1] }.squareRoot()
                let error = tensor.range.reduce(0) {
                    $0 + (expected[$1] - actual[$1]) * (expected[$1] - actual[$1])
                }.squareRoot()
                // The subtraction of the step from the parameters rounds too: a few units of a parameter around 0.3.
                let rounding = Double(tensor.range.count).squareRoot() * 6e-8
                #expect(error <= 2e-5 * norm + rounding, "\(tensor.name), a batch of \(batch)")
            }
        }
    }

    /// Inference convolves in larger tiles than training does.
    @Test("The fused kernels evaluate as OpenBLAS does", arguments: ModelDefinition.allOnMNIST + odd)
    func evaluation(model: ModelDefinition) throws {
        let parameters = Self.parameters(of: model)
        let examples = Self.examples(30, for: model, .dense)
        let (fused, openblas) = (Trainer(model: model), Trainer(model: model, kernels: .openblas))
        for example in 0..<examples.count {
            let expected = openblas.evaluate(parameters, on: examples, range: example..<example + 1)
            let actual = fused.evaluate(parameters, on: examples, range: example..<example + 1)
            #expect(abs(actual.loss - expected.loss) <= 1e-5 * max(1, expected.loss), "example \(example)")
        }
        // Several at once, and not a whole number of blocks.
        let all = fused.evaluate(parameters, on: examples, range: 0..<29)
        #expect(all.count == 29)
        let expected = openblas.evaluate(parameters, on: examples, range: 0..<29)
        #expect(abs(all.lossSum - expected.lossSum) <= 1e-5 * max(29, expected.lossSum))
    }

    @Test("The logarithm and the exponential are those of the library to a few units in the last place")
    func functions() {
        for index in 0..<20_000 {
            let x = -Double(index) / 29
            #expect(abs(fed_exp(x) - exp(x)) <= 4e-15 * exp(x) || x < -700)
            let y = 1 + Double(index) * Double(index) / 1000
            #expect(abs(fed_log(y) - log(y)) <= 4e-15 * max(1, log(y)))
        }
        #expect(fed_exp(-800) == 0 && fed_exp(0) == 1 && fed_exp(.nan).isNaN)
        #expect(fed_log(1) == 0 && fed_log(.infinity) == .infinity && fed_log(.nan).isNaN)
    }

}

extension ParameterVector {
    fileprivate var array: [Float] { withValues { [Float]($0) } }
}
