import Learning
import Parameters
import Terminal

/// Repeated measurements of one model with one batch size and one kind of kernels, on one thread.
struct SpeedMeasurement {
    enum Work {
        case training(batchSizes: [Int])
        case inference

        /// 0 stands for inference.
        var batchSizes: [Int] {
            switch self {
            case .training(let sizes): sizes
            case .inference: [0]
            }
        }
    }

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

    let model: ModelDefinition
    let batchSize: Int
    let kernels: Kernels
    /// Examples a second, one for each measurement.
    private var speeds: [Double] = []

    init(model: ModelDefinition, batchSize: Int, kernels: Kernels) {
        self.model = model
        self.batchSize = batchSize
        self.kernels = kernels
    }

    /// Trains for an epoch on the first `count` examples, or evaluates them, and notes the speed. A shorter run before
    /// it has the memory ready and the caches warm.
    mutating func measure(on examples: ExampleSet, count: Int) async throws {
        let threads = TrainingThreads(count: 1, model: model, kernels: kernels)
        defer { threads.shutdown() }
        let count = min(count, examples.count)
        let seconds = try await threads.run { [batchSize] trainer, isCancelled in
            _ = try Self.seconds(trainer, examples, min(count, 200), batchSize, isCancelled)
            return try Self.seconds(trainer, examples, count, batchSize, isCancelled)
        }
        speeds.append(Double(count) / seconds)
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
        let sorted = speeds.sorted()
        return Result(
            model: model.name, batchSize: batchSize, kernels: "\(kernels)",
            examplesPerSecond: sorted.isEmpty ? 0 : (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2,
            slowest: sorted.first ?? 0, fastest: sorted.last ?? 0, repeats: sorted.count)
    }

    /// For people: a row for each result.
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
