import ArgumentParser
import Datasets
import Learning
import Programs
import Terminal

/// What the measurements of `fed bench` have in common.
struct BenchOptions: ParsableArguments {
    /// The names that `--kernels` takes.
    private static var kernelNames: [String: Kernels] {
        var names: [String: Kernels] = ["openblas": .openblas]
        for version in KernelVersion.available {
            names[version.name.lowercased()] = .fused(version)
        }
        return names
    }

    @Option(
        help: ArgumentHelp("The model, all unless it is given; may be repeated.", valueName: "name"),
        transform: { name in
            guard let model = ModelDefinition.named(name) else {
                let names = ModelDefinition.all.map(\.name).joined(separator: ", ")
                throw ValidationError("There is no model '\(name)'; there are \(names).")
            }
            return model
        })
    var model: [ModelDefinition] = []

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

    @Option(help: "How often each is measured; the median counts.")
    var repeats = 5

    @Option(help: "The examples of one measurement.")
    var examples = 2000

    @Option(help: "The folder of the data; otherwise that of FED_DATA_DIR, else the user's cache folder.")
    var data: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard 1...1000 ~= repeats else { throw ValidationError("--repeats is from 1 to 1,000.") }
        guard 1...10_000 ~= examples else { throw ValidationError("--examples is from 1 to 10,000.") }
    }

    /// Measures, each combination once before any is measured again, and prints the medians.
    func measure(_ work: SpeedMeasurement.Work) async throws {
        let display = DatasetDisplay()
        let dataset = try await Dataset.load(DatasetRequest(folder: data)) { display.show($0) }
        display.finish()
        let models = (model.isEmpty ? ModelDefinition.all : model).filter {
            $0.input == dataset.train.shape && dataset.train.classes <= $0.classes
        }
        let all: [Kernels] = KernelVersion.available.filter { $0.name != "plain" }.map { .fused($0) } + [.openblas]
        var measurements = models.flatMap { model in
            work.batchSizes.flatMap { size in
                (kernels.isEmpty ? all : kernels).map { SpeedMeasurement(model: model, batchSize: size, kernels: $0) }
            }
        }
        let bar = ProgressDisplay(
            "measuring", total: measurements.count * repeats, unit: .items("measurements"), output: .standardError)
        for turn in 0..<repeats {
            for index in measurements.indices {
                try await measurements[index].measure(on: dataset.train, count: examples)
                bar.advance(to: turn * measurements.count + index + 1)
            }
        }
        bar.finish()
        if json {
            try RecordOptions.print(json: measurements.map(\.result))
        } else {
            let output = TerminalOutput.standardOutput
            let table = SpeedMeasurement.table(measurements.map(\.result))
            output.write(lines: table.lines(width: output.size?.columns, style: output.style))
        }
    }
}
