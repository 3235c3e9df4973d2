import ArgumentParser
import Glibc
import Learning
import Runs
import Terminal

/// What all benchmarks have in common.
struct BenchOptions: ParsableArguments {
    @Option(
        help:
            "How often each is measured; the median counts. 5 unless it is given, but once what has its medians in it.")
    var repeats: Int?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        if let repeats, !(1...1000 ~= repeats) { throw ValidationError("--repeats is from 1 to 1,000.") }
    }

    /// Measures, each once before any is measured again, and prints the medians.
    ///
    /// - Parameter standardRepeats: how often, unless the user says so.
    func measure<Measurement: BenchMeasurement>(
        _ measurements: [Measurement], standardRepeats: Int = 5
    ) async throws {
        let repeats = repeats ?? standardRepeats
        var measurements = measurements
        let bar = ProgressDisplay(
            "measuring", total: measurements.count * repeats, unit: .items("measurements"), output: .standardError)
        defer { bar.finish() }
        for turn in 0..<repeats {
            for index in measurements.indices {
                try await measurements[index].measure()
                bar.advance(to: turn * measurements.count + index + 1)
            }
        }
        bar.finish()
        let results = measurements.map(\.result)
        if json {
            try RecordOptions.print(json: results)
        } else {
            let output = TerminalOutput.standardOutput
            let table = Measurement.table(results)
            output.write(lines: table.lines(width: output.size?.columns, style: output.style) + ["", setting(repeats)])
        }
    }

    /// What the figures have to be read with: the machine, what else it does, how often was measured.
    private func setting(_ repeats: Int) -> String {
        let machine = MachineDescription.current
        var load = 0.0
        let isKnown = getloadavg(&load, 1) == 1
        return "\(machine.cpu), \(machine.cores) cores, load \(isKnown ? NumberFormat.fixed(load, 1) : "unknown"); "
            + "medians of \(repeats)"
    }
}

/// Which models a benchmark goes through.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The model, all unless it is given; may be repeated.", valueName: "name"),
        transform: Self.named)
    var model: [ModelDefinition] = []

    /// Those that were named, or all.
    var chosen: [ModelDefinition] { model.isEmpty ? ModelDefinition.allOnMNIST : model }

    /// The model that an option names.
    static func named(_ name: String) throws -> ModelDefinition {
        guard let model = ModelDefinition.onMNIST(named: name) else {
            let names = ModelDefinition.allOnMNIST.map(\.name).joined(separator: ", ")
            throw ValidationError("There is no model '\(name)'; there are \(names).")
        }
        return model
    }
}
