import Foundation
import Runs
import Scenarios
import Terminal

/// A whole run of a scenario, from the start of its processes to the end of the last.
struct RunMeasurement: BenchMeasurement {
    struct Result: Encodable {
        let scenario: String
        let rounds: Int
        /// Of the last round.
        let testAccuracy: Double?
        let modelDigest: String
        /// The median, from start to end, the processes' own included.
        let seconds: Double
        let fastest: Double
        let slowest: Double
        /// The median over the runs of the median from one round's end to the next one's; `nil` with one round.
        let roundSeconds: Double?
        let repeats: Int
    }

    private let file: String
    private let scenario: Scenario
    private let workers: Int?
    private let data: String?
    private var seconds = Repeated()
    private var periods = Repeated()
    private var rounds = 0
    private var testAccuracy: Double?
    private var modelDigest = ""

    init(file: String, workers: Int?, data: String?) throws {
        self.file = file
        scenario = try Scenario.load(path: file)
        self.workers = workers
        self.data = data
    }

    mutating func measure() async throws {
        let folder = try TemporaryRunFolder()
        defer { folder.remove() }
        let clock = ContinuousClock()
        let start = clock.now
        let times = try await folder.run(scenario: file, workers: workers, dataFolder: data)
        seconds.note((clock.now - start) / .seconds(1))
        var period = Repeated()
        for seconds in times.periods { period.note(seconds) }
        if period.count > 0 { periods.note(period.median) }
        rounds = times.finished?.roundsCommitted ?? 0
        testAccuracy = times.finished?.testAccuracy
        modelDigest = times.finished?.modelDigest ?? ""
    }

    var result: Result {
        Result(
            scenario: scenario.name, rounds: rounds, testAccuracy: testAccuracy,
            modelDigest: modelDigest, seconds: seconds.median, fastest: seconds.least, slowest: seconds.most,
            roundSeconds: periods.count > 0 ? periods.median : nil, repeats: seconds.count)
    }

    static func table(_ results: [Result]) -> Table {
        var table = Table([
            .init("Scenario"), .number("Rounds"), .number("Accuracy"), .number("Time"),
            .number("Fastest"), .number("Slowest"), .number("A round"),
        ])
        for result in results {
            table.append([
                .init(result.scenario), .init(NumberFormat.count(result.rounds)),
                .init(result.testAccuracy.map { NumberFormat.percent($0) } ?? "-"),
                .init(NumberFormat.duration(seconds: result.seconds)),
                .init(NumberFormat.duration(seconds: result.fastest)),
                .init(NumberFormat.duration(seconds: result.slowest)),
                .init(result.roundSeconds.map { NumberFormat.duration(seconds: $0) } ?? "-"),
            ])
        }
        return table
    }
}
