import Learning
import Parameters
import Terminal

/// Training, or evaluating, one model with one batch size and one kind of kernels, on one thread.
struct SpeedMeasurement: BenchMeasurement {
    /// What is printed.
    struct Result: Encodable {
        let model: String
        /// B; 0 in inference.
        let batchSize: Int
        let kernels: String
        /// The median.
        let examplesPerSecond: Double
        /// The slowest and the fastest measurement.
        let slowest: Double
        let fastest: Double
        let repeats: Int
    }

    private let model: ModelDefinition
    private let batchSize: Int
    private let kernels: Kernels
    private let examples: ExampleSet
    private let count: Int
    /// Examples a second.
    private(set) var speed = Repeated()

    /// - Parameters:
    ///   - batchSize: B; 0 for inference.
    ///   - count: how many of `examples` a measurement goes through.
    init(model: ModelDefinition, batchSize: Int, kernels: Kernels, examples: ExampleSet, count: Int) {
        self.model = model
        self.batchSize = batchSize
        self.kernels = kernels
        self.examples = examples
        self.count = min(count, examples.count)
    }

    /// Trains for an epoch, or evaluates, and notes the speed. A shorter run before it has the memory ready and the caches
    /// warm.
    mutating func measure() async throws {
        let threads = TrainingThreads(count: 1, model: model, kernels: kernels)
        defer { threads.shutdown() }
        let seconds = try await threads.run { [batchSize, examples, count] trainer, isCancelled in
            _ = try Self.seconds(trainer, examples, min(count, 200), batchSize, isCancelled)
            return try Self.seconds(trainer, examples, count, batchSize, isCancelled)
        }
        speed.note(Double(count) / seconds)
    }

    private static func seconds(
        _ trainer: Trainer, _ examples: ExampleSet, _ count: Int, _ batchSize: Int, _ isCancelled: () -> Bool
    ) throws -> Double {
        var parameters = trainer.model.initialParameters(seed: 1)
        let clock = ContinuousClock()
        let start = clock.now
        if batchSize == 0 {
            _ = trainer.evaluate(parameters, on: examples, range: 0..<count)
        } else {
            _ = try trainer.train(
                &parameters, on: examples, indices: (0..<Int32(count)).map { $0 },
                settings: TrainingSettings(
                    localEpochs: 1, batchSize: .examples(batchSize), optimizer: .sgd(learningRate: 0.05)),
                seed: 1, round: 1, client: 0, isCancelled: isCancelled)
        }
        return (clock.now - start) / .seconds(1)
    }

    var result: Result {
        Result(
            model: model.name, batchSize: batchSize, kernels: "\(kernels)", examplesPerSecond: speed.median,
            slowest: speed.least, fastest: speed.most, repeats: speed.count)
    }

    static func table(_ results: [Result]) -> Table {
        var table = Table([
            .init("Model"), .number("B"), .init("Kernels"), .number("Examples/s"), .number("Slowest"),
            .number("Fastest"),
        ])
        for result in results {
            table.append([
                .init(result.model), .init(result.batchSize == 0 ? "–" : "\(result.batchSize)"),
                .init(result.kernels), .init(NumberFormat.count(Int(result.examplesPerSecond))),
                .init(NumberFormat.count(Int(result.slowest))), .init(NumberFormat.count(Int(result.fastest))),
            ])
        }
        return table
    }
}
