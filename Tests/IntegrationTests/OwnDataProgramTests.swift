import Datasets
import Foundation
import GRDB
import Learning
import RunStore
import Subprocess
import TestSupport
import Testing

/// A run whose clients have nothing but files of their own, from its rounds to what is asked of its record.
@Suite struct OwnDataProgramTests {
    private func fed(_ experiment: Experiment, _ arguments: String...) async throws -> Finished {
        try await Program.fed.run(arguments + ["--data", experiment.data])
    }

    private func change(_ experiment: Experiment, _ sql: String) throws {
        let database = try DatabaseQueue(path: experiment.database)
        try database.write { try $0.execute(sql: sql) }
        try database.close()
    }

    /// More than 65,536 examples in all, so that the sum of the updates has fewer fractional bits than for the 600 that
    /// the partition deals.
    @Test("It is replayed as it was summed, and not gone on with on other data", .timeLimit(.minutes(3)))
    func ownData() async throws {
        let experiment = try await Experiment(rounds: 2, clients: 3, cohort: 3, more: "keep_updates: true")
        let digits = try await Dataset.load(DatasetRequest(kind: .digits, drawnExamples: (train: 500, test: 1)))
        for client in 0..<3 {
            let repeated = (0..<25_000).map { Int32(($0 + 100 * client) % 500) }
            try await LocalShard(digits.train.selection(repeated)).write(
                folder: experiment.folder.path("own-\(client)"))
        }
        let (_, status) = try await Program.coordinator.start([
            "--scenario", experiment.scenario, "--listen", "127.0.0.1:0", "--database", experiment.database, "--data",
            experiment.data,
        ]) { coordinator in
            let line = try await coordinator.line(containing: "listening on ")
            let address = String(line.split(separator: "listening on ")[1].prefix { $0 != "," })
            try await withThrowingTaskGroup(of: Finished.self) { group in
                for client in 0..<3 {
                    group.addTask {
                        try await Program.client.run([
                            "--coordinator", address, "--client-id", "\(client)", "--threads", "1", "--data",
                            experiment.folder.path("own-\(client)"),
                        ])
                    }
                }
                for try await finished in group { #expect(finished.status == .exited(0), "\(finished.errors)") }
            }
            try await coordinator.gone()
        }
        #expect(status == .exited(0))
        let reader = try experiment.record
        let rounds = try await reader.rounds(of: reader.run(.latest).run.identity)
        #expect(rounds.map(\.population) == [75_000, 75_000] && rounds.map(\.ownDataClients) == [3, 3])

        let replay = try await fed(experiment, "replay", experiment.database)
        #expect(replay.status == .exited(0), "\(replay.errors)")
        #expect(replay.output.contains("6 updates of clients with data of their own taken as they are"))
        let branch = try await fed(experiment, "whatif", experiment.database, "--from", "2", "--without-client", "1")
        #expect(branch.status == .exited(64) && branch.errors.contains("data of their own"), "\(branch.errors)")
        let whatIf = try await fed(experiment, "whatif", experiment.database, "--round", "2", "--without-client", "1")
        #expect(whatIf.status == .exited(0) && whatIf.output.contains("50,000"), "\(whatIf.output)\(whatIf.errors)")

        try change(experiment, "UPDATE runs SET status = 'stopped'; DELETE FROM updates")
        for more in [["--in-process"], []] {
            let resumed = try await Program.fed.run(
                ["run", "--resume", experiment.database, "--data", experiment.data] + more)
            #expect(resumed.status == .exited(64), "\(resumed.output)\(resumed.errors)")
            #expect(resumed.errors.contains("data of their own") && resumed.errors.contains("fed-coordinator --resume"))
        }
        let incomplete = try await fed(experiment, "replay", experiment.database)
        #expect(incomplete.status == .exited(0), "\(incomplete.errors)")
        #expect(
            incomplete.output.contains("not checked: 6 updates of clients with data of their own (0, 1, 2)")
                && incomplete.output.contains("what can be checked agrees") && !incomplete.output.contains("all agree"),
            "\(incomplete.output)")
    }
}
