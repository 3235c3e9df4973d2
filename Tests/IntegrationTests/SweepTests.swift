import Foundation
import RunStore
import Subprocess
import TestSupport
import Testing

@Suite("fed sweep") struct SweepTests {
    private struct Row: Decodable {
        struct Run: Decodable, Equatable {
            let seed: UInt64
            let run: Int64
            let rounds: Int
            let roundsToTarget: Double?
            let bestAccuracy: Double
            let modelDigest: String
        }

        let scenario: String
        let settings: [String: String]
        let target: Double?
        let publishedRounds: Int?
        let runs: [Run]
    }

    private func sweep(
        _ experiment: Experiment, _ arguments: String..., status: TerminationStatus = .exited(0)
    ) async throws -> (rows: [Row], errors: String) {
        let finished = try await Program.fed.run(
            ["sweep", experiment.scenario, "--database", experiment.database, "--data", experiment.data, "--json"]
                + arguments)
        #expect(finished.status == status, "\(finished.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return (try decoder.decode([Row].self, from: Data(finished.output.utf8)), finished.errors)
    }

    @Test("All combinations are run once, and what the record has is not run again", .timeLimit(.minutes(1)))
    func product() async throws {
        let experiment = try await Experiment(rounds: 2)
        let small = try await sweep(experiment, "--set", "train.learning_rate=0.1", "--seeds", "1,2")
        #expect(small.rows.map { $0.runs.map(\.seed) } == [[1, 2]])
        let large = try await sweep(
            experiment, "--set", "train.learning_rate=0.1,0.05", "--set", "model=logistic", "--seeds", "1..3")
        #expect(large.rows.map { $0.settings["train.learning_rate"] } == ["0.1", "0.05"])
        #expect(large.rows.map { $0.runs.map(\.seed) } == [[1, 2, 3], [1, 2, 3]])
        // To set what is set already makes no other scenario.
        #expect(small.rows[0].runs == Array(large.rows[0].runs.prefix(2)))
        let again = try await sweep(
            experiment, "--set", "train.learning_rate=0.1,0.05", "--set", "model=logistic", "--seeds", "1..3")
        #expect(again.errors.isEmpty, "\(again.errors)")
        #expect(again.rows.map(\.runs) == large.rows.map(\.runs))
        #expect(try await experiment.record.runs().count == 6)
    }

    @Test("A grid has a column for each value of a key, called by its name", .timeLimit(.minutes(1)))
    func grid() async throws {
        let experiment = try await Experiment(rounds: 1)
        func run(_ options: String...) async throws -> Finished {
            try await Program.fed.run(
                ["sweep", experiment.scenario, "--database", experiment.database, "--data", experiment.data] + options)
        }
        let grid = try await run(
            "--set", "strategy=fedavg,{name: trimmed-mean, trim: 0.3},{name: trimmed-mean, trim: 0.2}", "--set",
            "train.learning_rate=0.1,0.05",
            "--seeds", "1,2", "--across", "strategy")
        #expect(grid.status == .exited(0), "\(grid.errors)")
        let lines = grid.output.split(separator: "\n")
        // By its name, unless two have the same.
        let head = lines.first.map(String.init) ?? ""
        #expect(head.contains("fedavg") && head.contains("trim: 0.3") && head.contains("trim: 0.2"), "\(head)")
        #expect(lines.count { $0.contains("train.learning_rate=") && $0.count(where: { $0 == "±" }) == 3 } == 2)
        let other = try await run("--set", "train.learning_rate=0.1", "--across", "strategy")
        #expect(other.status == .exited(64) && other.errors.contains("no --set gives values for"))
    }

    @Test("A run ends with its target, which is a success; the rounds to it are interpolated", .timeLimit(.minutes(1)))
    func target() async throws {
        let experiment = try await Experiment(rounds: 6)
        let all = try await sweep(experiment)
        #expect(all.rows[0].target == nil && all.rows[0].runs[0].rounds == 6)
        let best = all.rows[0].runs[0].bestAccuracy
        let target = best - 0.001
        let reached = try await sweep(experiment, "--set", "target.accuracy=\(target)")
        let run = try #require(reached.rows[0].runs.first)
        let rounds = try #require(run.roundsToTarget)
        #expect(Double(run.rounds - 1) < rounds && rounds <= Double(run.rounds))
        let missed = try await sweep(experiment, "--set", "target={accuracy: 1, published_rounds: 4}")
        #expect(missed.rows[0].publishedRounds == 4 && missed.rows[0].runs[0].roundsToTarget == nil)
    }

    @Test("A run that fails is told, the others are run, and it is tried again", .timeLimit(.minutes(1)))
    func failure() async throws {
        let experiment = try await Experiment(rounds: 2)
        for _ in 0..<2 {
            let swept = try await sweep(
                experiment, "--set", "model=mlp-2nn", "--set", "train.learning_rate=100,0.1", status: .exited(70))
            #expect(swept.rows.map { $0.runs.count } == [0, 1])
            #expect(swept.errors.contains("failed"))
        }
        #expect(try await experiment.record.runs().count == 3)
    }

    @Test("A run that was cut off is gone on with, to the model of the whole run", .timeLimit(.minutes(1)))
    func goesOn() async throws {
        let whole = try await Experiment(rounds: 6)
        let fault = RecordFault(database: whole.folder.path("run"))
        func sweep(_ experiment: Experiment, _ environment: [String: String]) async throws -> Finished {
            try await Program.fed.run(
                ["sweep", experiment.scenario, "--database", experiment.database, "--data", experiment.data],
                environment: environment)
        }
        #expect(try await sweep(whole, fault.environment()).status == .exited(0))
        let cut = try await Experiment(rounds: 6)
        let killing = RecordFault(database: cut.folder.path("run"))
        let killed = try await sweep(cut, killing.environment(kill: try fault.steps * 2 / 3))
        #expect(killed.status == .signaled(SIGKILL), "\(killed.errors)")
        #expect(1..<6 ~= (try await cut.digests().count))
        let swept = try await self.sweep(cut)
        #expect(swept.errors.contains("goes on after round"), "\(swept.errors)")
        #expect(try await cut.digests() == whole.digests())
        #expect(try await cut.record.runs().count == 1)
    }

    @Test(
        "What cannot be run is told before anything is",
        arguments: [
            (["--set", "train.learning_rate"], 64), (["--set", "=1"], 64), (["--set", "rounds=1,"], 64),
            (["--seeds", "3..1"], 64), (["--seeds", "1,x"], 64), (["--set", "rounds=1", "--set", "rounds=2"], 64),
            (["--set", "rouns=1"], 65), (["--set", "rounds=none"], 65), (["--set", "rounds.more=1"], 64),
            (["--set", "train.=1"], 64), (["--set", "rounds=]"], 64),
        ] as [([String], Int32)])
    func mistakes(arguments: [String], status: Int32) async throws {
        let experiment = try await Experiment(rounds: 1)
        let finished = try await Program.fed.run(
            ["sweep", experiment.scenario, "--database", experiment.database, "--data", experiment.data] + arguments)
        #expect(finished.status == .exited(status), "\(finished.errors)")
        #expect(!FileManager.default.fileExists(atPath: experiment.database))
    }
}
