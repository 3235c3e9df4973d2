import Datasets
import Diagnostics
import Foundation
import Learning
import RunStore
import Terminal

/// What a round costs beyond its training: real processes on loopback, clients that train on one example each, and a test
/// set of ten.
///
/// The record lies in memory where the system has a folder for that, so that the disk's sync takes no part.
struct RoundMeasurement: BenchMeasurement {
    struct Result: Encodable {
        let model: String
        let clients: Int
        let workers: Int
        /// Medians, from one round's end to the next one's.
        let roundSeconds: Double
        /// The training of the worker that trained longest.
        let trainSeconds: Double
        /// The difference of the two.
        let overheadSeconds: Double
        /// From the coordinator to its workers, and from them, in one round.
        let bytesSent: Int64
        let bytesReceived: Int64
        let rounds: Int
        let repeats: Int
    }

    private let model: ModelDefinition
    private let clients: Int
    private let workers: Int
    private let rounds: Int
    private var round = Repeated()
    private var train = Repeated()
    private var overhead = Repeated()
    private var sent: Int64 = 0
    private var received: Int64 = 0

    init(model: ModelDefinition, clients: Int, workers: Int, rounds: Int) {
        self.model = model
        self.clients = clients
        self.workers = min(workers, clients)
        self.rounds = rounds
    }

    mutating func measure() async throws {
        let folder = try TemporaryRunFolder()
        defer { folder.remove() }
        try await folder.writeSmallRun(of: model, clients: clients, cohort: clients, rounds: rounds)
        let times = try await folder.run(workers: workers, threads: 1, dataFolder: folder.path)
        let training = try await folder.trainingTimes(threads: 1)
        var period = Repeated()
        for seconds in times.periods { period.note(seconds) }
        round.note(period.median)
        train.note(training.median)
        overhead.note(period.median - training.median)
        let reader = try RunReader(path: folder.database)
        let last = try await reader.round(of: try await reader.run(.latest).run.identity, round: rounds)
        sent = last?.bytesSent ?? 0
        received = last?.bytesReceived ?? 0
    }

    var result: Result {
        Result(
            model: model.name, clients: clients, workers: workers, roundSeconds: round.median,
            trainSeconds: train.median, overheadSeconds: overhead.median, bytesSent: sent, bytesReceived: received,
            rounds: rounds, repeats: round.count)
    }

    static func table(_ results: [Result]) -> Table {
        var table = Table([
            .init("Model"), .number("Clients"), .number("Workers"), .number("Round"), .number("Training"),
            .number("Beyond it"), .number("Sent"), .number("Received"),
        ])
        for result in results {
            table.append([
                .init(result.model), .init(NumberFormat.count(result.clients)), .init("\(result.workers)"),
                .init(NumberFormat.duration(seconds: result.roundSeconds)),
                .init(NumberFormat.duration(seconds: result.trainSeconds)),
                .init(NumberFormat.duration(seconds: result.overheadSeconds)),
                .init(NumberFormat.bytes(result.bytesSent)), .init(NumberFormat.bytes(result.bytesReceived)),
            ])
        }
        return table
    }
}
