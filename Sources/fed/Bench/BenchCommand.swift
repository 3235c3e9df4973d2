import ArgumentParser
import Federation
import Learning
import Runs
import Settings
import Wire

/// `fed bench`: how fast this machine is.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast this machine trains, evaluates, encodes, adds up, and runs rounds.",
        discussion: "Tests/Benchmarks sets the figures beside those of other programs, measured in the same run.",
        subcommands: [
            BenchStepCommand.self, BenchInferenceCommand.self, BenchCodecCommand.self, BenchAggregationCommand.self,
            BenchMethodsCommand.self, BenchRoundCommand.self, BenchScaleCommand.self, BenchSoakCommand.self,
            BenchRunCommand.self,
        ])
}

/// `fed bench step`.
struct BenchStepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step", abstract: "Training on one thread, in examples a second: models × batch sizes × kernels.")

    @Option(help: "The number of examples in a step; may be repeated. 10, 32 and 50 unless it is given.")
    var batchSize: [Int] = []

    @OptionGroup var options: SpeedOptions

    func validate() throws {
        guard batchSize.allSatisfy({ 1...10_000 ~= $0 }) else {
            throw ValidationError("--batch-size is from 1 to 10,000.")
        }
    }

    func run() async throws {
        try await options.measure(batchSizes: batchSize.isEmpty ? [10, 32, 50] : batchSize)
    }
}

/// `fed bench inference`.
struct BenchInferenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inference", abstract: "Evaluation on one thread, in examples a second: models × kernels.")

    @OptionGroup var options: SpeedOptions

    func run() async throws {
        try await options.measure(batchSizes: [0])
    }
}

/// `fed bench codec`.
struct BenchCodecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codec",
        abstract: "From parameters to frames and back, on one thread: models × codecs.",
        discussion: "Chunks, checksums and the digest are part of it, a socket is not.")

    @Option(help: "The codec, all unless it is given; may be repeated.")
    var codec: [String] = []

    @OptionGroup var models: ModelOptions
    @OptionGroup var bench: BenchOptions

    func validate() throws {
        let names = Codec.allCases.map { "\($0)" }
        if let unknown = codec.first(where: { !names.contains($0) }) {
            throw ValidationError("There is no codec \"\(unknown)\"; there are \(names.joined(separator: ", ")).")
        }
    }

    func run() async throws {
        let codecs = Codec.allCases.filter { codec.isEmpty || codec.contains("\($0)") }
        try await bench.measure(
            models.chosen.flatMap { model in codecs.map { CodecMeasurement(model: model, codec: $0) } })
    }
}

/// `fed bench aggregation`.
struct BenchAggregationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aggregation", abstract: "The exact sum of updates, on one thread: models.")

    @OptionGroup var models: ModelOptions
    @OptionGroup var bench: BenchOptions

    func run() async throws {
        try await bench.measure(models.chosen.map { AggregationMeasurement(model: $0) })
    }
}

/// `fed bench methods`.
struct BenchMethodsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "methods",
        abstract: "Both sides of a round, the server's on all cores and a client's on one: strategies × models.",
        discussion: """
            Takes in the updates of a round and makes the next model of them. What a strategy sends more than one vector of \
            costs more to take in, and rules that have to see all updates do their work at the end. A client trains for an \
            epoch over 600 examples in batches of ten, with what the strategy adds to each gradient.
            """)

    @Option(help: "The strategy; may be repeated. All unless it is given; fedavg is always among them.")
    var strategy: [String] = []

    @Option(help: "The updates of a round.")
    var clients = 100

    @Option(help: "MiB of a round's updates that stay in memory, for rules that have to see all of them.")
    var updateMemory = 512

    @OptionGroup var models: ModelOptions
    @OptionGroup var bench: BenchOptions

    func validate() throws {
        guard 7...10_000 ~= clients else { throw ValidationError("--clients is from 7 to 10,000.") }
        guard 0...1_000_000 ~= updateMemory else { throw ValidationError("--update-memory is from 0 to 1,000,000.") }
        for name in strategy where Strategies.named(name) == nil {
            throw ValidationError("There is no strategy '\(name)'; fed methods lists them.")
        }
    }

    func run() async throws {
        let chosen = Strategies.all.filter {
            strategy.isEmpty || strategy.contains($0.name) || $0.name == FedAvg.name
        }
        let models = models.model.isEmpty ? [ModelDefinition.cnn] : models.model
        let threads = TrainingThreads(count: MachineDescription.current.cores, model: .logistic)
        try await bench.measure(
            models.flatMap { model in
                // A model of one layer has none that could stay with its clients.
                chosen.filter { StrategyChoice($0).make().parts.personal.obstacle(with: model.layout) == nil }.map {
                    MethodMeasurement(
                        StrategyChoice($0), model: model, clients: clients, memoryLimit: updateMemory << 20,
                        threads: threads)
                }
            })
    }
}

/// `fed bench round`.
struct BenchRoundCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "round",
        abstract: "What a round costs beyond its training, over TCP on loopback: clients × models.",
        discussion: """
            Processes and sockets are real; each client trains on one example, and the test set has ten, so that next \
            to nothing is left but the round itself. The record lies in memory where the system has a folder for that.
            """)

    @OptionGroup var models: ModelOptions

    @Option(help: "The number of clients, all of them in each round; may be repeated. 10 and 100 unless it is given.")
    var clients: [Int] = []

    @Option(help: "The number of worker processes.")
    var workers = 2

    @Option(help: "The rounds of one measurement.")
    var rounds = 30

    @OptionGroup var bench: BenchOptions

    func validate() throws {
        guard clients.allSatisfy({ 1...10_000 ~= $0 }) else { throw ValidationError("--clients is from 1 to 10,000.") }
        guard 1...100 ~= workers else { throw ValidationError("--workers is from 1 to 100.") }
        guard 2...10_000 ~= rounds else { throw ValidationError("--rounds is from 2 to 10,000.") }
    }

    func run() async throws {
        let measurements = models.chosen.flatMap { model in
            (clients.isEmpty ? [10, 100] : clients).map {
                RoundMeasurement(model: model, clients: $0, workers: workers, rounds: rounds)
            }
        }
        try await InterruptibleWork.run { [bench] in try await bench.measure(measurements) }
    }
}

/// `fed bench run`.
struct BenchRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Whole runs of scenarios, from the start of their processes to their end.",
        discussion: "The record is thrown away; it lies in memory where the system has a folder for that.")

    @Argument(help: "The scenarios, YAML files.")
    var scenarios: [String]

    @Option(help: "The number of worker processes; by default one for each core, but no more than clients.")
    var workers: Int?

    @Option(help: "The folder of the data; otherwise that of FED_DATA_DIR, else the user's cache folder.")
    var data: String?

    @OptionGroup var bench: BenchOptions

    func validate() throws {
        if let workers, !(1...1024 ~= workers) { throw ValidationError("--workers is from 1 to 1,024.") }
    }

    func run() async throws {
        let measurements = try scenarios.map { try RunMeasurement(file: $0, workers: workers, data: data) }
        try await InterruptibleWork.run { [bench] in try await bench.measure(measurements) }
    }
}
