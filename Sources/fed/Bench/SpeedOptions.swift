import ArgumentParser
import Datasets
import Learning
import Programs

/// What the measurements of training and inference have in common.
struct SpeedOptions: ParsableArguments {
    /// The names that `--kernels` takes.
    private static var kernelNames: [String: Kernels] {
        var names: [String: Kernels] = ["openblas": .openblas]
        for version in KernelVersion.available {
            names[version.name.lowercased()] = .fused(version)
        }
        return names
    }

    @OptionGroup var models: ModelOptions

    @Option(
        help: ArgumentHelp(
            "The kernels; may be repeated. All but the plain ones that this processor runs unless it is given.",
            valueName: "name"),
        transform: { name in
            guard let kernels = Self.kernelNames[name.lowercased()] else {
                let names = Self.kernelNames.keys.sorted().joined(separator: ", ")
                throw ValidationError("There are no kernels '\(name)' here; there are \(names).")
            }
            return kernels
        })
    var kernels: [Kernels] = []

    @Option(help: "The examples of one measurement.")
    var examples = 2000

    @Option(help: "The folder of the data; otherwise that of FED_DATA_DIR, else the user's cache folder.")
    var data: String?

    @OptionGroup var bench: BenchOptions

    func validate() throws {
        guard 1...10_000 ~= examples else { throw ValidationError("--examples is from 1 to 10,000.") }
    }

    /// Measures every combination of models, batch sizes (0: inference) and kernels.
    func measure(batchSizes: [Int]) async throws {
        let display = DatasetDisplay()
        let dataset = try await Dataset.load(DatasetRequest(folder: data)) { display.show($0) }
        display.finish()
        let models = models.chosen.filter {
            $0.input == dataset.train.shape && dataset.train.classes <= $0.classes
        }
        let all: [Kernels] = KernelVersion.available.filter { $0.name != "plain" }.map { .fused($0) } + [.openblas]
        try await bench.measure(
            models.flatMap { model in
                batchSizes.flatMap { size in
                    (kernels.isEmpty ? all : kernels).map {
                        SpeedMeasurement(
                            model: model, batchSize: size, kernels: $0, examples: dataset.train, count: examples)
                    }
                }
            })
    }
}
