import ArgumentParser
import Datasets
import Diagnostics
import Learning
import Parameters
import Programs
import Terminal

/// `fed train`: the same models and the same training without federation, as a baseline.
struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model on all the data, without federation: a baseline.",
        discussion: """
            Prints loss and accuracy after each epoch: on the training examples as they were before each step, and on \
            the test examples after the epoch. The same seed gives the same model.
            """)

    enum OptimizerName: String, CaseIterable, ExpressibleByArgument {
        case sgd, adam
    }

    @Option(
        help: ArgumentHelp(
            "The model: \(ModelArchitecture.all.map(\.name).joined(separator: ", ")).", valueName: "name"),
        transform: { name in
            guard let model = ModelArchitecture.named(name) else {
                let names = ModelArchitecture.all.map(\.name).joined(separator: ", ")
                throw ValidationError("There is no model '\(name)'; there are \(names).")
            }
            return model
        })
    var model: ModelArchitecture = .cnn

    @Option(help: "What takes the steps.")
    var optimizer: OptimizerName = .adam

    @Option(help: "The length of a step; 0.1 with sgd and 0.001 with adam unless it is given.")
    var learningRate: Float?

    @Option(help: "The part of the last step that the next one keeps, with sgd.")
    var momentum: Float = 0

    @Option(help: "The multiple of the parameters that is added to the gradient.")
    var weightDecay: Float = 0

    @Option(
        help: ArgumentHelp("The number of examples in a step, or all.", valueName: "count"),
        transform: { text in
            if text == "all" { return .all }
            guard let size = Int(text), size >= 1 else {
                throw ValidationError("'\(text)' is no batch size: use a number from 1, or all.")
            }
            return .examples(size)
        })
    var batchSize: TrainingSettings.BatchSize = .examples(50)

    @Option(help: "The number of passes over the training examples.")
    var epochs = 10

    @Option(help: "What everything random is derived from.")
    var seed: UInt64 = 1

    @Option(help: "The folder of the data; otherwise that of FED_DATA_DIR, else the user's cache folder.")
    var data: String?

    @Flag(help: "Print the result as JSON, when all is done.")
    var json = false

    func validate() throws {
        if let learningRate, !(learningRate.isFinite && learningRate > 0) {
            throw ValidationError("--learning-rate is a number above 0.")
        }
        guard momentum >= 0, momentum < 1 else { throw ValidationError("--momentum is from 0 to below 1.") }
        guard momentum == 0 || optimizer == .sgd else { throw ValidationError("--momentum goes with --optimizer sgd.") }
        guard weightDecay >= 0, weightDecay <= 1 else { throw ValidationError("--weight-decay is from 0 to 1.") }
        guard (1...10_000).contains(epochs) else { throw ValidationError("--epochs is from 1 to 10,000.") }
    }

    private var settings: TrainingSettings {
        let rule: TrainingSettings.Optimizer =
            switch optimizer {
            case .sgd: .sgd(learningRate: learningRate ?? 0.1, momentum: momentum, weightDecay: weightDecay)
            case .adam: .adam(learningRate: learningRate ?? 0.001, weightDecay: weightDecay)
            }
        return TrainingSettings(localEpochs: epochs, batchSize: batchSize, optimizer: rule)
    }

    func run() async throws {
        let dataset = try await loadData()
        let model = try model.model(for: dataset)
        let output = TerminalOutput.standardOutput
        if !json {
            output.write("\(model.name), \(NumberFormat.count(model.layout.count)) parameters; \(dataset.provenance)\n")
        }
        let threads = TrainingThreads(count: 1, model: model)
        defer { threads.shutdown() }
        let baseline = BaselineTraining(
            model: model, settings: settings, seed: seed, dataset: dataset, display: .standardError)
        let prints = !json
        let result: BaselineResult
        do {
            result = try await threads.run { trainer, isCancelled in
                try baseline.run(on: trainer, isCancelled: isCancelled) { epoch in
                    if prints { output.write(epoch.line + "\n") }
                }
            }
        } catch TrainingFailure.diverged(let step) {
            throw Problem(
                .usage, "training diverged in step \(step): its loss or a parameter is no longer a finite number",
                at: model.name, remedy: "Choose a smaller --learning-rate.")
        }
        if json {
            try RecordOptions.print(json: result)
        } else {
            output.write("model \(result.modelDigest)\n")
        }
    }

    private func loadData() async throws -> Dataset {
        let display = DatasetDisplay()
        defer { display.finish() }
        let dataset = try await Dataset.load(DatasetRequest(folder: data)) { display.show($0) }
        return dataset
    }
}
