import Subprocess
import TestSupport
import Testing

/// What a start will want for is told at once, with the number and what to do.
@Suite struct StartNeedsTests {
    @Test("A worker with more connections than open files does not try", .timeLimit(.minutes(1)))
    func connections() async throws {
        // Nobody listens there.
        let finished = try await Program.client.run(
            ["--connections", "300", "--clients", "300", "--coordinator", "127.0.0.1:1"], openFiles: 64)
        #expect(finished.status == .exited(69), "\(finished.errors)")
        #expect(finished.errors.contains("300 connections take 300 open files"), "\(finished.errors)")
        #expect(finished.errors.contains("ulimit -Hn") && finished.errors.contains("--connections"))
        #expect(finished.errors.split(separator: "\n").count == 2, "\(finished.errors)")
    }

    @Test("A run with more connections than open files starts no process", .timeLimit(.minutes(1)))
    func localRun() async throws {
        let experiment = try await Experiment(rounds: 1, clients: 200, cohort: 2)
        let arguments = ["run", experiment.scenario, "--data", experiment.data, "--database", experiment.database]
        let finished = try await Program.fed.run(
            arguments + ["--connections", "200", "--workers", "2"], openFiles: 128)
        #expect(finished.status == .exited(69) && finished.output.isEmpty, "\(finished.errors)")
        #expect(finished.errors.contains("200 connections of 2 workers take 200 open files"), "\(finished.errors)")
        let fewer = try await Program.fed.run(arguments + ["--workers", "2"], openFiles: 128)
        #expect(fewer.status == .exited(0) && !fewer.errors.contains("warning"), "\(fewer.errors)")
    }

    @Test("A coordinator says when the clients may not all have a connection", .timeLimit(.minutes(1)))
    func coordinator() async throws {
        let experiment = try await Experiment(clients: 200, cohort: 2)
        let finished = try await Program.coordinator.run(
            [
                "--scenario", experiment.scenario, "--data", experiment.data, "--database", experiment.database,
                "--listen", "127.0.0.1:0", "--check",
            ], openFiles: 128)
        #expect(finished.status == .exited(0), "\(finished.errors)")
        #expect(finished.errors.contains("200 clients take 200 open files"), "\(finished.errors)")
    }

    @Test(
        "A record that no disk holds is refused before anything is loaded", .timeLimit(.minutes(1)),
        arguments: [[], ["--in-process"]])
    func disk(how: [String]) async throws {
        let experiment = try await Experiment()
        let finished = try await Program.fed.run(
            [
                "run", experiment.scenario, "--data", experiment.folder.path("none"), "--database", experiment.database,
                "--set", "keep_updates=true", "--set", "rounds=1000000", "--set", "model=mcmahan-cnn",
            ] + how)
        #expect(finished.status == .exited(69), "\(finished.errors)")
        #expect(finished.errors.contains("keep_updates: false"), "\(finished.errors)")
    }

    @Test("A port that is taken is told before the data are looked for", .timeLimit(.minutes(1)))
    func port() async throws {
        let experiment = try await Experiment()
        let taken = try TakenPort()
        for option in ["--listen", "--health"] {
            let finished = try await Program.coordinator.run([
                "--scenario", experiment.scenario, "--data", experiment.folder.path("none"), "--database",
                experiment.database, "--listen", "127.0.0.1:0", option, "127.0.0.1:\(taken.port)",
            ])
            #expect(finished.status == .exited(69), "\(finished.errors)")
            #expect(finished.errors.contains("another address or port with \(option)"), "\(finished.errors)")
        }
    }
}
