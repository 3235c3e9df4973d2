import Datasets
import Foundation
import RunStore
import Subprocess
import TestSupport
import Testing

/// `fed run`: a whole experiment with its processes.
struct LocalRunTests {
    @Test("The digests are the same again, with one worker and with four")
    func sameDigests() async throws {
        let experiment = try await Experiment()
        var all: [[String]] = []
        for workers in ["1", "4", "4"] {
            let finished = try await Program.fed.run([
                "run", experiment.scenario, "--data", experiment.data, "--database", experiment.database,
                "--workers", workers,
            ])
            #expect(finished.status == .exited(0), "\(finished.errors)")
            let digests = try await experiment.digests()
            #expect(finished.output.contains("sha256 \(digests.last ?? "none")"))
            all.append(digests)
        }
        #expect(all[0].count == 3)
        #expect(all[1] == all[0] && all[2] == all[0])
        #expect(try await experiment.record.runs().count == 3)
    }

    @Test("Images of another size and letters instead of digits are learned, networked as in process, and verified")
    func otherData() async throws {
        let experiment = try await Experiment()
        let folder = experiment.folder.path("letters")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, count) in [("train", 520), ("t10k", 260)] {
            // A letter is a bright row or a bright column; noise beside it.
            var images: [UInt8] = []
            for example in 0..<count {
                let letter = example % 26
                for place in 0..<13 * 13 {
                    let isBright = letter < 13 ? place / 13 == letter : place % 13 == letter - 13
                    images.append(isBright ? 220 : UInt8((example * 31 + place * 17) % 60))
                }
            }
            try IDXFile(dimensions: [count, 13, 13], elements: images)
                .write(path: "\(folder)/\(name)-images-idx3-ubyte")
            try IDXFile(dimensions: [count], elements: (0..<count).map { UInt8($0 % 26) })
                .write(path: "\(folder)/\(name)-labels-idx1-ubyte")
        }
        var all: [[String]] = []
        for options in [["--in-process"], ["--workers", "2"]] {
            let finished = try await Program.fed.run(
                [
                    "run", experiment.scenario, "--data", folder, "--database", experiment.database, "--set",
                    "model=cnn",
                ] + options)
            #expect(finished.status == .exited(0), "\(finished.errors)")
            all.append(try await experiment.digests())
        }
        #expect(all[0].count == 3 && all[1] == all[0])
        let replay = try await Program.fed.run(["replay", experiment.database, "--data", folder])
        #expect(replay.status == .exited(0), "\(replay.errors)")
        let small = try await Program.fed.run([
            "run", experiment.scenario, "--data", folder, "--database", experiment.database, "--in-process", "--set",
            "model=lenet",
        ])
        #expect(
            small.status == .exited(65) && small.errors.contains("too small for the model lenet"), "\(small.errors)")
    }

    @Test(
        "Devices are simulated with --virtual and kept to by processes, to the models of the run without, where it is said"
    )
    func simulatedTime() async throws {
        let experiment = try await Experiment()
        let devices = "devices=[{clients: 0, speed: 0.1, up: 1Mbit}]"
        var all: [[String]] = []
        for how in [["--virtual"], ["--in-process"], ["--workers", "2"]] {
            let finished = try await Program.fed.run(
                [
                    "run", experiment.scenario, "--data", experiment.data, "--database", experiment.database, "--set",
                    devices,
                ] + how)
            #expect(finished.status == .exited(0), "\(finished.errors)")
            #expect(
                finished.errors.contains("do nothing in one process") == (how == ["--in-process"]),
                "\(finished.errors)")
            all.append(try await experiment.digests())
        }
        #expect(all[0].count == 3 && all[1] == all[0] && all[2] == all[0])
        let shown = try await Program.fed.run(["show", "1", "--database", experiment.database])
        #expect(shown.output.contains("simulated time"), "\(shown.output)")
        let fairness = ["show", "1", "--database", experiment.database, "--fairness"]
        let shares = try await Program.fed.run(fairness + ["--data", experiment.data])
        #expect(shares.status == .exited(0) && shares.output.contains("Jain's index"), "\(shares.errors)")
        #expect(shares.output.contains("Of those heard"), "\(shares.output)")
        let json = try await Program.fed.run(fairness + ["--json", "--data", experiment.data])
        #expect(json.output.contains("\"jain\""), "\(json.output)")
        let csv = try await Program.fed.run(fairness + ["--csv"])
        #expect(
            csv.output.hasPrefix(
                "client,asked,counted,examples,train_seconds,failures,update_share,example_share,device,"
                    + "global_accuracy,personal_accuracy\n0,"), "\(csv.output)")
        let byDevice = try await Program.fed.run(fairness + ["--csv", "--by", "device"])
        let lines = byDevice.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("device,settings,clients,asked,counted,") == true, "\(byDevice.errors)")
        #expect(lines.dropFirst().map { $0.prefix { $0 != "," } } == ["devices[1]", "no device"])
        #expect(lines.dropFirst().first?.hasPrefix("devices[1],\"speed 0.1, up 1Mbit\",1,3,3,") == true)
        let classes = try await Program.fed.run(fairness + ["--csv", "--by", "class", "--data", experiment.data])
        #expect(classes.output.split(separator: "\n").count == 11, "\(classes.errors)")
        #expect(shares.output.contains("devices[1]") && shares.output.contains("Of an equal share"))
        let lone = try await Program.fed.run(["show", "--database", experiment.database, "--by", "device"])
        #expect(lone.status == .exited(64) && lone.errors.contains("--by goes with --fairness --csv"))
        let run = try await experiment.record.run(.number(1))
        let rounds = try await experiment.record.rounds(of: run.run.identity)
        #expect(run.run.details.clock == .virtual && rounds.allSatisfy { $0.evaluateSeconds == 0 })
        let replay = try await Program.fed.run(["replay", experiment.database, "--run", "1", "--data", experiment.data])
        #expect(replay.status == .exited(0), "\(replay.errors)")
        let both = try await Program.fed.run(["run", "--resume", experiment.database, "--virtual"])
        #expect(both.status == .exited(64) && both.errors.contains("keeps the clock"), "\(both.errors)")
    }

    @Test("Clients misbehave in worker processes as in one process, and the record shows it")
    func behaviours() async throws {
        let experiment = try await Experiment(
            more: """
                strategy: median
                behaviours:
                  - {kind: backdoor, clients: [0, 1], target: 7}
                  - {kind: alie, clients: 2..4, z: 1}
                  - {kind: free-rider, clients: 5, from: 2}
                """)
        var all: [[String]] = []
        for options in [["--in-process"], ["--workers", "1"], ["--workers", "3"]] {
            let finished = try await Program.fed.run(
                ["run", experiment.scenario, "--data", experiment.data, "--database", experiment.database] + options)
            #expect(finished.status == .exited(0), "\(finished.errors)")
            #expect(finished.output.contains("2 × backdoor, success"))
            all.append(try await experiment.digests())
        }
        #expect(all[0].count == 3 && all[1] == all[0] && all[2] == all[0])
        let show = try await Program.fed.run(["show", "--database", experiment.database])
        #expect(show.output.contains("clients misbehave: in round 3") && show.output.contains("3 alie"))
        let round = try await Program.fed.run(["show", "--round", "3", "--csv", "--database", experiment.database])
        #expect(round.output.contains("backdoor") && round.output.contains("free-rider"))
        let bundle = experiment.folder.path("result.fedrun")
        let bundled = try await Program.fed.run(["bundle", experiment.database, "-o", bundle])
        #expect(bundled.status == .exited(0), "\(bundled.errors)")
        let verified = try await Program.fed.run(["verify", bundle, "--data", experiment.data])
        #expect(verified.status == .exited(0), "\(verified.errors)")
        let methods = try await Program.fed.run(["methods"])
        #expect(methods.output.contains("Defences") && methods.output.contains("A Little Is Enough"))
    }

    @Test("A thousand connections join and finish a run, with the models of two", .timeLimit(.minutes(1)))
    func manyConnections() async throws {
        let experiment = try await Experiment(rounds: 2, clients: 1000, cohort: 300, examples: 2000)
        var all: [[String]] = []
        for connections in ["2", "1000"] {
            let finished = try await Program.fed.run([
                "run", experiment.scenario, "--data", experiment.data, "--database", experiment.database,
                "--workers", "2", "--connections", connections,
            ])
            #expect(finished.status == .exited(0), "\(finished.errors)")
            all.append(try await experiment.digests())
        }
        #expect(all[0].count == 2 && all[0] == all[1])
        let reader = try experiment.record
        let run = try await reader.run(.latest).run.identity
        #expect(try await reader.events(of: run).count { $0.kind == "worker_joined" } == 1000)
        let workers = try await reader.clientRounds(of: run, round: 1).compactMap(\.worker)
        #expect(Set(workers).count == 300)
    }

    @Test(
        "Workers and connections that cannot be had are wrong usage",
        arguments: [
            ["--in-process", "--connections", "2"], ["--connections", "0"], ["--workers", "3", "--connections", "2"],
        ])
    func wrongConnections(arguments: [String]) async throws {
        let finished = try await Program.fed.run(["run", "nowhere.yaml"] + arguments)
        #expect(finished.status == .exited(64))
        #expect(finished.errors.contains("--connections") || finished.errors.contains("--in-process"))
    }

    @Test("All workers use the scenario's kernels, and the record names them", arguments: ["fused", "openblas"])
    func kernels(name: String) async throws {
        let experiment = try await Experiment(rounds: 1, more: "kernels: \(name)")
        let finished = try await Program.fed.run([
            "run", experiment.scenario, "--data", experiment.data, "--database", experiment.database,
        ])
        #expect(finished.status == .exited(0), "\(finished.errors)")
        #expect(try await experiment.record.run(.latest).run.details.kernels.hasPrefix(name))
    }

    @Test("With --json a program can follow the run")
    func json() async throws {
        let experiment = try await Experiment(rounds: 2)
        let finished = try await Program.fed.run([
            "run", experiment.scenario, "--data", experiment.data, "--database", experiment.database, "--json",
        ])
        #expect(finished.status == .exited(0), "\(finished.errors)")
        let kinds = try finished.output.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(object?.keys.first)
        }
        #expect(kinds.first == "started" && kinds.last == "finished")
        #expect(kinds.count { $0 == "roundCommitted" } == 2)
    }

    @Test("Ctrl-C stops it in good order and leaves no process behind", .timeLimit(.minutes(2)))
    func interrupted() async throws {
        let experiment = try await Experiment(rounds: 100_000)
        let (workers, status) = try await start(experiment) { run in
            try await run.line(containing: "round 2:")
            let children = try Process.children(of: run.identifier)
            run.signal(SIGINT)
            try await run.line(containing: "stopped")
            try await run.gone()
            return children
        }
        #expect(status == .exited(130))
        try await expectGone(workers)
        let run = try await experiment.record.run(.latest)
        #expect(run.run.status == .stopped)
        #expect(run.roundsCommitted >= 2)
    }

    @Test("However it ends, no process is left behind", .timeLimit(.minutes(2)))
    func killed() async throws {
        let experiment = try await Experiment(rounds: 100_000)
        let (workers, status) = try await start(experiment) { run in
            try await run.line(containing: "round 2:")
            let children = try Process.children(of: run.identifier)
            run.signal(SIGKILL)
            try await run.gone()
            return children
        }
        #expect(status == .signaled(SIGKILL))
        try await expectGone(workers)
        #expect(try await experiment.record.run(.latest).roundsCommitted >= 2)
    }

    @Test("Mistakes are told with their place before anything starts")
    func mistakes() async throws {
        let experiment = try await Experiment(more: "momentun: 0.9")
        let finished = try await Program.fed.run(["run", experiment.scenario, "--database", experiment.database])
        #expect(finished.status == .exited(65))
        #expect(finished.errors.contains("small.yaml:7") && finished.errors.contains("momentun"))
        #expect(!FileManager.default.fileExists(atPath: experiment.database))
    }

    private func start<Result: Sendable>(
        _ experiment: Experiment, _ body: @escaping @Sendable (Running) async throws -> Result
    ) async throws -> (Result, TerminationStatus) {
        let (result, status) = try await Program.fed.start(
            [
                "run", experiment.scenario, "--data", experiment.data, "--database", experiment.database, "--workers",
                "2",
            ], body)
        return (result, status)
    }

    private func expectGone(_ processes: [Int32]) async throws {
        #expect(processes.count == 3)
        try await eventually(within: .seconds(10)) { !processes.contains { Process.isRunning($0) } }
    }
}
