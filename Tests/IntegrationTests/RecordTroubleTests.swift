import Foundation
import GRDB
import Parameters
import RunStore
import Subprocess
import TestSupport
import Testing

/// Records that cannot be written any more: the run stops in good order, says what to do, and what was committed is there.
@Suite("Trouble with the record") struct RecordTroubleTests {
    private func digests(in database: String) async throws -> [String] {
        let reader = try RunReader(path: database)
        return try await reader.rounds(of: try await reader.run(.latest).run.identity).map(\.modelDigest.description)
    }

    @Test("A full disk ends the run with what to do; when there is room it goes on", arguments: [215, 235, 255])
    func fullDisk(step: Int) async throws {
        let experiment = try await Experiment(rounds: 8)
        let calm = experiment.folder.path("calm.sqlite")
        let run = ["run", experiment.scenario, "--data", experiment.data, "--in-process", "--database"]
        #expect(try await Program.fed.run(run + [calm]).status == .exited(0))
        let fault = RecordFault(database: experiment.folder.path("full"))
        let database = fault.database + ".sqlite"
        let full = try await Program.fed.run(run + [database], environment: fault.environment(full: step))
        #expect(full.status == .exited(70), "\(full.errors)")
        #expect(full.errors.contains("no room is left for the database"), "\(full.errors)")
        #expect(full.errors.contains("make room"), "\(full.errors)")
        let before = try await digests(in: database)
        let all = try await digests(in: calm)
        #expect(!before.isEmpty && before.count < 8 && before == Array(all.prefix(before.count)))
        let resumed = try await Program.fed.run(["run", "--resume", database, "--data", experiment.data])
        #expect(resumed.status == .exited(0), "\(resumed.errors)")
        #expect(try await digests(in: database) == all)
    }

    @Test("A networked coordinator on a full disk tells its workers and ends")
    func fullDiskNetworked() async throws {
        let experiment = try await Experiment(rounds: 100_000)
        let fault = RecordFault(database: experiment.folder.path("full"))
        let port = try FreePort.find()
        async let worker = Program.client.run([
            "--coordinator", "127.0.0.1:\(port)", "--data", experiment.data, "--retry-for", "5",
        ])
        let coordinator = try await Program.coordinator.run(
            [
                "--scenario", experiment.scenario, "--data", experiment.data, "--listen", "127.0.0.1:\(port)",
                "--database", fault.database + ".sqlite",
            ], environment: fault.environment(full: 260))
        #expect(coordinator.status == .exited(70))
        #expect(coordinator.errors.contains("no room is left for the database"), "\(coordinator.errors)")
        let left = try await worker
        #expect(left.errors.contains("the coordinator failed") || left.status == .exited(0), "\(left.errors)")
        #expect(try await !digests(in: fault.database + ".sqlite").isEmpty)
    }

    @Test(
        "A database that may only be read is refused to who would write it, and read",
        arguments: [RecordFault.ReadOnly.database, .disk])
    func readOnly(what: RecordFault.ReadOnly) async throws {
        let experiment = try await Experiment(rounds: 3)
        let fault = RecordFault(database: experiment.folder.path("read"))
        let database = fault.database + ".sqlite"
        let run = ["run", experiment.scenario, "--data", experiment.data, "--in-process", "--database", database]
        #expect(try await Program.fed.run(run).status == .exited(0))
        let before = try await digests(in: database)
        let environment = fault.environment(readOnly: what)
        let refused = try await Program.fed.run(run, environment: environment)
        #expect(refused.status == .exited(69), "\(refused.errors)")
        #expect(refused.errors.contains(what == .disk ? "Read-only file system" : "cannot be written"))
        #expect(refused.errors.contains("or name another file with --database"), "\(refused.errors)")
        let shown = try await Program.fed.run(["show", "--database", database, "--json"], environment: environment)
        #expect(shown.status == .exited(0), "\(shown.errors)")
        #expect(before.count == 3 && before.allSatisfy { shown.output.contains($0) })
        let replayed = try await Program.fed.run(
            ["replay", database, "--data", experiment.data], environment: environment)
        #expect(replayed.status == .exited(0) && replayed.output.contains("all agree"), "\(replayed.errors)")
        #expect(try await digests(in: database) == before)
    }

    @Test(
        "A database that another program keeps locked is waited for, with a word, and nothing is lost",
        .timeLimit(.minutes(1)))
    func locked() async throws {
        let experiment = try await Experiment(rounds: 100_000)
        let (_, status) = try await Program.fed.start(
            ["run", experiment.scenario, "--data", experiment.data, "--in-process", "--database", experiment.database]
        ) { run in
            try await run.line(containing: "round 2:")
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.allowsUnsafeTransactions = true
            let queue = try DatabaseQueue(path: experiment.database, configuration: configuration)
            try await queue.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
            try await run.line(containing: "another program keeps the record locked; waiting for it, up to 300 s")
            let before = try await digests(in: experiment.database).count
            try await queue.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
            try await eventually { try await digests(in: experiment.database).count > before + 10 }
            run.signal(SIGINT)
            try await run.gone()
        }
        #expect(status == .exited(130))
        let replayed = try await Program.fed.run(
            ["replay", experiment.database, "--data", experiment.data, "--round", "3"])
        #expect(replayed.status == .exited(0), "\(replayed.errors)")
    }

    @Test("A second coordinator on the same database is refused")
    func second() async throws {
        let experiment = try await Experiment(rounds: 100_000)
        let (_, status) = try await Program.fed.start(
            ["run", experiment.scenario, "--data", experiment.data, "--in-process", "--database", experiment.database]
        ) { run in
            try await run.line(containing: "round 2:")
            for arguments in [["run", experiment.scenario, "--in-process"], ["run", experiment.scenario]] {
                let other = try await Program.fed.run(
                    arguments + ["--data", experiment.data, "--database", experiment.database])
                #expect(other.status == .exited(69), "\(other.errors)")
                #expect(other.errors.contains("another coordinator writes to this database"), "\(other.errors)")
            }
            run.signal(SIGINT)
            try await run.gone()
        }
        #expect(status == .exited(130))
        #expect(!FileManager.default.fileExists(atPath: experiment.database + "-lock"))
    }

    @Test("A damaged database is refused with its place, by a run that would go on and by one that would begin")
    func damaged() async throws {
        let experiment = try await Experiment(rounds: 5)
        let run = [
            "run", experiment.scenario, "--data", experiment.data, "--in-process", "--database", experiment.database,
        ]
        #expect(try await Program.fed.run(run).status == .exited(0))
        let file = URL(filePath: experiment.database)
        var bytes = try Data(contentsOf: file)
        // The pages after the first, which says that this is a database.
        for index in stride(from: 16384, to: bytes.count, by: 7) { bytes[index] = 0x5A }
        try bytes.write(to: file)
        for arguments in [run, ["run", "--resume", experiment.database, "--data", experiment.data]] {
            let refused = try await Program.fed.run(arguments)
            #expect(refused.status == .exited(65), "\(refused.errors)")
            #expect(
                refused.errors.contains(experiment.database) && refused.errors.contains("damaged"), "\(refused.errors)")
        }
    }
}
