import ArgumentParser
import Datasets
import Diagnostics
import Foundation
import Learning
import Programs
import Scenarios

/// `fed data shard`: writes what one client holds, so that it need have nothing else.
struct DataShardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shard",
        abstract: "Write one client's shard as IDX files.",
        discussion: """
            Writes train-images-idx3-ubyte and train-labels-idx1-ubyte, which fed-client takes with --data.
            """)

    @Argument(help: "A scenario file.")
    var scenario: String

    @Option(help: "The client, from 0.")
    var client: Int

    @Option(name: .shortAndLong, help: "The folder to write to; it is made if need be.")
    var output: String

    @Option(help: "The folder of the data; otherwise that of FED_DATA_DIR, else the user's cache folder.")
    var data: String?

    @Flag(help: "Overwrite a shard that is there.")
    var force = false

    @OptionGroup var scenarioOptions: ScenarioOptions

    func run() async throws {
        let experiment = try Scenario.load(path: scenario, overrides: scenarioOptions.overrides)
        guard (0..<experiment.clients).contains(client) else {
            throw Problem(
                .usage, "there is no client \(client)", at: scenario,
                remedy: "Choose one from 0 to \(experiment.clients - 1).")
        }
        let display = DatasetDisplay()
        let dataset: Dataset
        do {
            let request = DatasetRequest(kind: experiment.data, folder: data)
            dataset = try await Dataset.load(request) { display.show($0) }
        } catch {
            display.finish()
            throw error
        }
        display.finish()
        let partition = try experiment.partition.deal(
            dataset.train, clients: experiment.clients, seed: experiment.seed)
        let shard = LocalShard(dataset.train.selection(partition.indices(of: client)))
        try await shard.write(folder: output, overwriting: force)
        print(
            "\(shard.examples.count) examples of client \(client) of \(experiment.name) are in \(output); "
                + "SHA-256 \(shard.digest)")
    }
}
