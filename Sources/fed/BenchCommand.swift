import ArgumentParser

/// `fed bench`: how fast this machine is.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast this machine trains and evaluates.",
        discussion: "Tests/Benchmarks sets the figures beside those of other programs, measured in the same run.",
        subcommands: [BenchStepCommand.self, BenchInferenceCommand.self])
}

/// `fed bench step`.
struct BenchStepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step", abstract: "Training on one thread, in examples a second: models × batch sizes × kernels.")

    @Option(help: "The number of examples in a step; may be repeated. 10, 32 and 50 unless it is given.")
    var batchSize: [Int] = []

    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard batchSize.allSatisfy({ 1...10_000 ~= $0 }) else {
            throw ValidationError("--batch-size is from 1 to 10,000.")
        }
    }

    func run() async throws {
        let sizes = batchSize.isEmpty ? [10, 32, 50] : batchSize
        try await options.measure(.training(batchSizes: sizes))
    }
}

/// `fed bench inference`.
struct BenchInferenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inference", abstract: "Evaluation on one thread, in examples a second: models × kernels.")

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try await options.measure(.inference)
    }
}
