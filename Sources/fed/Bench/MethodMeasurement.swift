import Federation
import Learning
import Parameters
import Runs
import Terminal

/// How long a strategy takes: on the server's side of a round, taking in the updates of all clients and making the model of
/// them, on all cores; on a client's, its training on one core.
struct MethodMeasurement: BenchMeasurement {
    struct Result: Encodable {
        let strategy: String
        let model: String
        let clients: Int
        /// Medians: taking in all updates, and making the next model.
        let takeSeconds: Double
        let stepSeconds: Double
        /// The median: an epoch over 600 examples in batches of ten, with what the strategy adds to each gradient, and what it
        /// trains besides.
        let trainSeconds: Double
        /// Of the updates of the round together.
        let updateBytes: Int
        let repeats: Int

        var seconds: Double { takeSeconds + stepSeconds }
    }

    private let choice: StrategyChoice
    private let model: ModelDefinition
    private let clients: Int
    private let threads: TrainingThreads
    private let start: ParameterVector
    private var global: GlobalModel
    private var round: UInt32 = 0
    private var take = Repeated()
    private var step = Repeated()
    private var train = Repeated()

    /// - Parameter memoryLimit: bytes of updates that stay in memory where the strategy has to see all of them.
    init(_ choice: StrategyChoice, model: ModelDefinition, clients: Int, memoryLimit: Int, threads: TrainingThreads) {
        self.choice = choice
        self.model = model
        self.clients = clients
        self.threads = threads
        start = model.initialParameters(seed: 1)
        let strategy = choice.make()
        global = GlobalModel(
            server: GlobalModel.begin(start, strategy, clients: clients), strategy: strategy, population: 600 * clients,
            clients: clients,
            storage: SpilledUpdates(memoryLimit: memoryLimit, folder: "."))
    }

    mutating func measure() async throws {
        let layout = choice.make().parts.update(model.layout)
        let clock = ContinuousClock()
        var taken = Duration.zero
        round += 1
        for client in 0..<clients {
            let update = update(of: client, layout)
            let start = clock.now
            try global.include(update, of: ClientID(UInt32(client)), examples: 600)
            taken += clock.now - start
        }
        let start = clock.now
        // A root set is trained on beside this, by the run.
        let root = choice.make().rootExamples > 0 ? update(of: clients, layout)[vector: "parameters"] : nil
        try await global.advance(to: round, root: root, on: threads)
        step.note((clock.now - start) / .seconds(1))
        take.note(taken / .seconds(1))
        train.note(try await trainingSeconds())
    }

    /// A client's training; a shorter one before it has the memory ready and the caches warm.
    private func trainingSeconds() async throws -> Double {
        let strategy = choice.make()
        let examples = Self.examples(for: model)
        var state = Parts(zerosFor: strategy.parts.client(model.layout))
        strategy.begin(client: &state, initial: start)
        let plan = strategy.plan(
            Parts(zerosFor: strategy.parts.broadcast(model.layout)), state, of: model.layout)
        let threads = TrainingThreads(count: 1, model: model)
        defer { threads.shutdown() }
        return try await threads.run { [start] trainer, isCancelled in
            func seconds(_ count: Int) throws -> Double {
                let client = ClientTrainer(
                    trainer, on: examples, indices: (0..<Int32(count)).map { $0 },
                    settings: TrainingSettings(
                        localEpochs: 1, batchSize: .examples(10), optimizer: .sgd(learningRate: 0.05)),
                    seed: 1, round: 1, client: ClientID(0))
                var parameters = start
                let clock = ContinuousClock()
                let begin = clock.now
                _ = try client.train(&parameters, plan.phases, isCancelled: isCancelled)
                if let personal = plan.personal { _ = try client.train(personal, isCancelled: isCancelled) }
                return (clock.now - begin) / .seconds(1)
            }
            _ = try seconds(100)
            return try seconds(examples.count)
        }
    }

    /// 600 images of noise; what is in them changes no time.
    private static func examples(for model: ModelDefinition) -> ExampleSet {
        let size = model.input.count
        return ExampleSet(
            shape: model.input, classes: model.classes,
            images: (0..<600 * size).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) },
            labels: (0..<600).map { UInt8($0 % model.classes) })
    }

    /// Parts near the first model's, other ones for each client.
    private func update(of client: Int, _ layout: PartsLayout) -> Parts {
        var parts = Parts(
            layout: layout, values: ParameterVector(zerosFor: layout.combined), scalars: layout.scalars.map { _ in 1 })
        for vector in layout.vectors {
            start.withValues { start in
                parts.withMutableValues(of: vector) { values in
                    for index in 0..<values.count {
                        let noise = Int32(truncatingIfNeeded: (index &+ 1) &* (client &* 2_654_435 &+ 40_503)) >> 16
                        values[index] = start[index] + Float(noise) * 0x1p-24
                    }
                }
            }
        }
        return parts
    }

    var result: Result {
        Result(
            strategy: choice.name, model: model.name, clients: clients, takeSeconds: take.median,
            stepSeconds: step.median, trainSeconds: train.median,
            updateBytes: clients * choice.make().parts.update(model.layout).combined.byteCount, repeats: take.count)
    }

    static func table(_ results: [Result]) -> Table {
        var table = Table([
            .init("Model"), .init("Strategy"), .number("Updates"), .number("Take"), .number("Step"),
            .number("Together"), .number("× fedavg"), .number("Client trains"), .number("× fedavg"),
        ])
        for result in results {
            let plain = results.first { $0.model == result.model && $0.strategy == FedAvg.name }
            table.append([
                .init(result.model), .init(result.strategy), .init(NumberFormat.bytes(result.updateBytes)),
                .init(NumberFormat.duration(seconds: result.takeSeconds)),
                .init(NumberFormat.duration(seconds: result.stepSeconds)),
                .init(NumberFormat.duration(seconds: result.seconds)),
                .init(plain.map { NumberFormat.fixed(result.seconds / $0.seconds, 2) } ?? ""),
                .init(NumberFormat.duration(seconds: result.trainSeconds)),
                .init(plain.map { NumberFormat.fixed(result.trainSeconds / $0.trainSeconds, 2) } ?? ""),
            ])
        }
        return table
    }
}
