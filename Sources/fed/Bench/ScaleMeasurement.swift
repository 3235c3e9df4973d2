import Foundation
import Learning
import RunStore
import Terminal

/// What many clients and many connections cost: the time of a round beyond its training, and the memory of each process.
///
/// Each client trains on one example, the test set has ten, and the record lies in memory where the system has a folder for
/// that.
struct ScaleMeasurement: BenchMeasurement {
    struct Result: Encodable {
        let model: String
        let population: Int
        let cohort: Int
        /// `tcp`, or `in-process`.
        let transport: String
        /// `nil` if coordinator and clients are one process.
        let connections: Int?
        let workers: Int?
        /// Medians, from one round's end to the next one's.
        let roundSeconds: Double
        /// The training of the process that trained longest, divided among its threads.
        let trainSeconds: Double
        /// The difference of the two.
        let overheadSeconds: Double
        /// Peaks: of the coordinator, which without connections is all of the run, and of the largest worker.
        let coordinatorBytes: Int
        let workerBytes: Int?
        let rounds: Int
        let repeats: Int
    }

    private let model: ModelDefinition
    private let row: ScaleRow
    /// Worker processes with one thread each, or threads of the one process.
    private let workers: Int
    private let rounds: Int
    private var round = Repeated()
    private var train = Repeated()
    private var overhead = Repeated()
    private var coordinatorBytes = Repeated()
    private var workerBytes = Repeated()

    init(model: ModelDefinition, row: ScaleRow, workers: Int, rounds: Int) {
        self.model = model
        self.row = row
        self.workers = min(workers, row.connections ?? workers)
        self.rounds = rounds
    }

    mutating func measure() async throws {
        let folder = try TemporaryRunFolder()
        defer { folder.remove() }
        try await folder.writeSmallRun(of: model, clients: row.population, cohort: row.cohort, rounds: rounds)
        let times = RunTimes(watchesMemory: true)
        if let connections = row.connections {
            _ = try await folder.run(
                workers: workers, connections: connections, threads: 1, dataFolder: folder.path, times: times)
        } else {
            try await folder.runInProcess(threads: workers, times: times)
        }
        let training = try await folder.trainingTimes(threads: row.connections == nil ? workers : 1)
        var period = Repeated()
        for seconds in times.periods { period.note(seconds) }
        round.note(period.median)
        train.note(training.median)
        overhead.note(period.median - training.median)
        coordinatorBytes.note(Double(times.peakMemory(of: .coordinator) ?? 0))
        if let peak = times.peakMemory(of: .worker) { workerBytes.note(Double(peak)) }
    }

    var result: Result {
        Result(
            model: model.name, population: row.population, cohort: row.cohort,
            transport: row.connections == nil ? ScaleRow.inProcess : "tcp", connections: row.connections,
            workers: row.connections.map { _ in workers }, roundSeconds: round.median, trainSeconds: train.median,
            overheadSeconds: overhead.median, coordinatorBytes: Int(coordinatorBytes.median),
            workerBytes: workerBytes.count > 0 ? Int(workerBytes.median) : nil, rounds: rounds, repeats: round.count)
    }

    static func table(_ results: [Result]) -> Table {
        var table = Table([
            .init("Model"), .init("Transport"), .number("Population"), .number("Cohort"), .number("Connections"),
            .number("Round"), .number("Training"), .number("Beyond it"), .number("Coordinator"), .number("Worker"),
        ])
        for result in results {
            table.append([
                .init(result.model), .init(result.transport == "tcp" ? "TCP" : "in process"),
                .init(NumberFormat.count(result.population)), .init(NumberFormat.count(result.cohort)),
                .init(result.connections.map { NumberFormat.count($0) } ?? "-"),
                .init(NumberFormat.duration(seconds: result.roundSeconds)),
                .init(NumberFormat.duration(seconds: result.trainSeconds)),
                .init(NumberFormat.duration(seconds: result.overheadSeconds)),
                .init(NumberFormat.bytes(result.coordinatorBytes)),
                .init(result.workerBytes.map { NumberFormat.bytes($0) } ?? "-"),
            ])
        }
        return table
    }
}
