import ArgumentParser
import Datasets
import Diagnostics
import Foundation
import Learning
import Programs
import Scenarios
import Terminal

/// `fed data show`: what there is, and who gets what of it.
struct DataShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a data set, or how a scenario deals it to its clients.",
        discussion: """
            Prints where the data come from, their checksums, how many examples of each class there are, and a digit \
            of each. With --scenario it prints how many examples of each class each client gets, as a picture: one \
            row a client, a part for each class. Nothing is downloaded.
            """)

    @Option(help: "The folder of the data; otherwise that of FED_DATA_DIR, else the user's cache folder.")
    var data: String?

    @Option(help: "A scenario file, whose clients' shards are shown.")
    var scenario: String?

    @Flag(help: "Show every client, however many there are.")
    var all = false

    @Flag(help: "Show the digits that the program draws itself, not MNIST.")
    var digits = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var scenarioOptions: ScenarioOptions

    func validate() throws {
        if scenario == nil, !scenarioOptions.overrides.isEmpty { throw ValidationError("--set needs a --scenario.") }
    }

    func run() async throws {
        let experiment = try scenario.map { try Scenario.load(path: $0, overrides: scenarioOptions.overrides) }
        let request = DatasetRequest(
            kind: digits ? .digits : experiment?.data ?? .mnist, folder: data, allowDownload: false)
        let display = DatasetDisplay()
        let dataset: Dataset
        do {
            dataset = try await Dataset.load(request) { display.show($0) }
        } catch {
            display.finish()
            throw error
        }
        display.finish()

        let partition = try experiment.map {
            try $0.partition.deal(dataset.train, clients: $0.clients, seed: $0.seed)
        }
        if json {
            return try DatasetReport(dataset, scenario: experiment, partition: partition).print()
        }
        let output = TerminalOutput.standardOutput
        let width = max(40, (output.size ?? .fallback).columns - 1)
        guard let experiment, let partition else {
            return output.write(lines: DatasetPicture(dataset).lines(width: width, style: output.style))
        }
        let counts = partition.classCounts(of: dataset.train)
        var lines = [
            output.style.text(experiment.name, .bold) + ": \(experiment.summary), seed \(experiment.seed)",
            dataset.provenance.description, "",
        ]
        lines +=
            all || counts.count <= PartitionSummary.threshold
            ? PartitionPicture(counts).lines(width: width, style: output.style)
            : PartitionSummary(counts).lines(width: width, style: output.style)
        output.write(lines: lines)
    }
}
