import ArgumentParser
import Learning

/// `fed bench scale`.
struct BenchScaleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "What many clients and connections cost: the time of a round beyond its training, and memory.",
        discussion: """
            Processes and sockets are real; each client trains on one example, and the test set has ten. The record lies \
            in memory where the system has a folder for that. Memory is the most that the coordinator and the largest \
            worker had; in process they are one.
            """)

    @Option(
        help: ArgumentHelp("The model; may be repeated. cnn unless it is given.", valueName: "name"),
        transform: ModelOptions.named)
    var model: [ModelDefinition] = []

    @Option(
        help: ArgumentHelp(
            "The size of a run, population/cohort/connections, for example 10000/100/1000 or 10000/100/in-process; may be "
                + "repeated. A series of such runs unless it is given.", valueName: "row"))
    var row: [ScaleRow] = []

    @Option(help: "The number of worker processes with a thread each, and of threads in process.")
    var workers = 2

    @Option(help: "The rounds of one measurement.")
    var rounds = 11

    @OptionGroup var bench: BenchOptions

    func validate() throws {
        guard 1...100 ~= workers else { throw ValidationError("--workers is from 1 to 100.") }
        guard 2...10_000 ~= rounds else { throw ValidationError("--rounds is from 2 to 10,000.") }
    }

    func run() async throws {
        let measurements = (model.isEmpty ? [.cnn] : model).flatMap { model in
            (row.isEmpty ? ScaleRow.standard : row).map {
                ScaleMeasurement(model: model, row: $0, workers: workers, rounds: rounds)
            }
        }
        try await InterruptibleWork.run { [bench] in try await bench.measure(measurements, standardRepeats: 1) }
    }
}
