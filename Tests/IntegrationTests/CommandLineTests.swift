import Foundation
import Parameters
import RunStore
import Subprocess
import TestSupport
import Testing

/// What a user types, well or badly.
@Suite struct CommandLineTests {
    @Test(
        "A command that there is not is answered with the one that was meant",
        arguments: [
            (["rnu"], "did you mean \"fed run\"?"), (["data", "shwo"], "did you mean \"fed data show\"?"),
            (["certs", "xyzzy"], "its commands are init, issue, revoke, list"),
        ])
    func unknownCommand(arguments: [String], remedy: String) async throws {
        let finished = try await Program.fed.run(arguments)
        #expect(finished.status == .exited(64) && finished.output.isEmpty)
        #expect(finished.errors.contains(remedy), "\(finished.errors)")
    }

    @Test(
        "The help of a command is not taken for a command",
        arguments: [["help", "run"], ["run", "--help"], ["--help"]])
    func help(arguments: [String]) async throws {
        let finished = try await Program.fed.run(arguments)
        #expect(finished.status == .exited(0) && finished.output.contains("USAGE: fed"), "\(finished.errors)")
    }

    @Test(
        "--set gives keys other values, over the network as in process, and the record has them",
        .timeLimit(.minutes(2)))
    func otherValues() async throws {
        let experiment = try await Experiment()
        let settings = ["--set", "train.learning_rate=0.03", "--set", "rounds=2"]
        for more in [[], ["--in-process"]] {
            let finished = try await Program.fed.run(
                ["run", experiment.scenario, "--data", experiment.data, "--database", experiment.database] + settings
                    + more)
            #expect(finished.status == .exited(0), "\(finished.errors)")
        }
        let reader = try experiment.record
        var digests: [[String]] = []
        for run in try await reader.runs() {
            digests.append(try await reader.rounds(of: run.run.identity).map(\.modelDigest.description))
            #expect(run.run.details.scenario.contains("learning_rate: 0.03"))
        }
        #expect(digests.count == 2 && digests[0] == digests[1] && digests[0].count == 2)

        let check = try await Program.fed.run(["check", experiment.scenario, "--set", "rounds=0"])
        #expect(check.status == .exited(65) && check.errors.contains("with rounds=0"), "\(check.errors)")
        let data = try await Program.fed.run([
            "data", "show", "--scenario", experiment.scenario, "--data", experiment.data, "--set", "clients=12",
            "--set", "cohort=12",
        ])
        #expect(data.status == .exited(0), "\(data.errors)")
        #expect(data.output.contains("12 clients, all in"), "\(data.output)")
        for wrong in [["--set", "rounds"], ["--set", "rounds=1", "--set", "rounds=2"]] {
            let finished = try await Program.fed.run(["run", experiment.scenario] + wrong)
            #expect(finished.status == .exited(64), "\(finished.errors)")
        }
        let resumed = try await Program.fed.run(["run", "--resume", experiment.database, "--set", "rounds=9"])
        #expect(resumed.status == .exited(64), "\(resumed.errors)")
    }

    @Test("Where there is no MNIST, nothing but a run goes on, and none that names it")
    func noData() async throws {
        let experiment = try await Experiment()
        let environment = Self.withoutMNIST(experiment)
        let record = ["--database", experiment.database]
        let named = ["--set", "data=mnist"] + record
        for (program, arguments) in [
            (Program.fed, ["train", "--epochs", "1"]), (.fed, ["bench", "step", "--examples", "10", "--repeats", "1"]),
            (
                .fed,
                ["data", "shard", experiment.scenario, "--client", "0", "--output", experiment.folder.path("shard")]
            ),
            (.fed, ["data", "show", "--scenario", experiment.scenario]),
            (.fed, ["sweep", experiment.scenario] + record),
            (.fed, ["run", experiment.scenario] + named), (.fed, ["run", experiment.scenario, "--in-process"] + named),
            (.coordinator, ["--scenario", experiment.scenario, "--check", "--listen", "127.0.0.1:0"] + record),
        ] {
            let finished = try await program.run(arguments, environment: environment)
            #expect(finished.status == .exited(66), "\(arguments): \(finished.status)")
            #expect(finished.errors.contains("error:"), "\(arguments): \(finished.errors)")
            #expect(finished.errors.contains("with --data or FED_DATA_DIR"), "\(arguments): \(finished.errors)")
        }
    }

    @Test(
        "A run that does not name its data goes on with drawn digits where there is no MNIST, and says so once",
        .timeLimit(.minutes(2)), arguments: [[], ["--in-process"]])
    func drawnDigits(how: [String]) async throws {
        let experiment = try await Experiment(rounds: 1)
        let finished = try await Program.fed.run(
            ["run", experiment.scenario, "--database", experiment.database] + how,
            environment: Self.withoutMNIST(experiment))
        #expect(finished.status == .exited(0), "\(finished.errors)")
        #expect(finished.errors.split(separator: "NOT MNIST").count == 2, "\(finished.errors)")
        #expect(finished.errors.split(separator: "warning").count <= 2, "\(finished.errors)")
        #expect(!finished.output.contains("warning"), "\(finished.output)")
        let run = try await experiment.record.run(.latest)
        #expect(run.run.details.dataKind == "digits")
    }

    /// Neither a cache nor a mirror has it: nobody listens there.
    private static func withoutMNIST(_ experiment: Experiment) -> [String: String] {
        ["XDG_CACHE_HOME": experiment.folder.path("cache"), "FED_MNIST_MIRRORS": "http://127.0.0.1:1/"]
    }
}
