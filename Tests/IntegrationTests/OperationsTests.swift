import Foundation
import FoundationNetworking
import RunStore
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What those who operate a coordinator rely on: checks before the start, its state over HTTP, logs and configuration that
/// other programs read.
@Suite("Operations") struct OperationsTests {
    private func check(_ experiment: Experiment, _ more: String...) async throws -> Finished {
        try await Program.coordinator.run(
            [
                "--scenario", experiment.scenario, "--data", experiment.data, "--database", experiment.database,
                "--check",
            ]
                + more)
    }

    @Test("--check says that all is in order, and leaves nothing behind")
    func checked() async throws {
        let experiment = try await Experiment()
        let finished = try await check(experiment, "--listen", "127.0.0.1:0", "--health", "127.0.0.1:0")
        #expect(finished.status == .exited(0), "\(finished.errors)")
        #expect(finished.output.contains("in order"), "\(finished.output)")
        // The tables may be there, a run is not.
        #expect(try await experiment.record.runs().isEmpty)
    }

    @Test("--check finds a port that is taken, data that are not there, a record that cannot be")
    func trouble() async throws {
        let experiment = try await Experiment(rounds: 100_000)
        let (_, _) = try await Program.coordinator.start([
            "--scenario", experiment.scenario, "--data", experiment.data, "--database", experiment.database, "--listen",
            "127.0.0.1:0",
        ]) { coordinator in
            let line = try await coordinator.line(containing: "listening on ")
            let address = try #require(line.split(separator: " ").first { $0.hasPrefix("127.0.0.1:") }).dropLast()
            let other = try await Program.coordinator.run([
                "--scenario", experiment.scenario, "--data", experiment.data, "--database",
                experiment.folder.path("other.sqlite"), "--check", "--listen", String(address),
            ])
            #expect(other.status == .exited(69) && other.errors.contains("cannot listen"), "\(other.errors)")
            let locked = try await check(experiment, "--listen", "127.0.0.1:0")
            #expect(locked.status == .exited(69) && locked.errors.contains("another coordinator"), "\(locked.errors)")
            coordinator.signal(SIGTERM)
            try await coordinator.gone()
        }
        let none = try await Program.coordinator.run([
            "--scenario", experiment.scenario, "--data", experiment.folder.path("none"), "--database",
            experiment.database, "--check",
        ])
        #expect(none.status == .exited(66), "\(none.errors)")
    }

    @Test("Its state can be asked for over HTTP: alive at once, ready while rounds go on", .timeLimit(.minutes(1)))
    func health() async throws {
        let experiment = try await Experiment(rounds: 100_000)
        let (_, status) = try await Program.coordinator.start([
            "--scenario", experiment.scenario, "--data", experiment.data, "--database", experiment.database, "--listen",
            "127.0.0.1:0", "--health", "127.0.0.1:0", "--log-format", "json", "--log-level", "info",
        ]) { coordinator in
            let line = try await coordinator.line(containing: "state over HTTP")
            // A log record: one JSON object.
            let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let metadata = try #require(record?["metadata"] as? [String: String])
            let health = try #require(metadata["address"])
            #expect(record?["level"] as? String == "notice" && record?["time"] != nil)
            let (live, _) = try await Self.get("http://\(health)/livez")
            let (early, waiting) = try await Self.get("http://\(health)/readyz")
            #expect(live == 200 && early == 503)
            #expect(waiting["clients_needed"] as? Int == 6 && waiting["is_ready"] as? Bool == false)
            let listening = try await coordinator.line(containing: "listening on ")
            let address = try #require(listening.split(separator: " ").first { $0.hasPrefix("127.0.0.1:") }).dropLast()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await Program.client.run([
                        "--coordinator", String(address), "--clients", "6", "--data", experiment.data,
                    ])
                }
                try await eventually { try await Self.get("http://\(health)/readyz").0 == 200 }
                try await eventually {
                    try await Self.get("http://\(health)/readyz").1["rounds_committed"] as? Int ?? 0 > 2
                }
                coordinator.signal(SIGTERM)
                try await coordinator.gone()
                try await group.waitForAll()
            }
        }
        #expect(status == .exited(0))
    }

    private static func get(_ address: String) async throws -> (status: Int, body: [String: Any]) {
        let (data, response) = try await URLSession.shared.data(from: try #require(URL(string: address)))
        let body = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, body ?? [:])
    }

    @Test("The command line goes before the environment, the environment before the file, the file before the defaults")
    func configuration() async throws {
        let experiment = try await Experiment(rounds: 1)
        let file = experiment.folder.path("coordinator.yaml")
        try """
        scenario: \(experiment.scenario)
        data: \(experiment.data)
        database: \(experiment.folder.path("file.sqlite"))
        listen: 127.0.0.1:0
        check: true
        """.write(toFile: file, atomically: true, encoding: .utf8)
        func database(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> String {
            for name in ["file", "environment", "line"] {
                try? FileManager.default.removeItem(atPath: experiment.folder.path("\(name).sqlite"))
            }
            let finished = try await Program.coordinator.run(["--config", file] + arguments, environment: environment)
            #expect(finished.status == .exited(0), "\(finished.errors)")
            return ["file", "environment", "line"].filter {
                FileManager.default.fileExists(atPath: experiment.folder.path("\($0).sqlite"))
            }.joined()
        }
        let own = experiment.folder.path("environment.sqlite")
        #expect(try await database([]) == "file")
        #expect(try await database([], ["FED_COORDINATOR_DATABASE": own]) == "environment")
        #expect(
            try await database(
                ["--database", experiment.folder.path("line.sqlite")], ["FED_COORDINATOR_DATABASE": own]) == "line")

        try "databse: x.sqlite\n".write(toFile: file, atomically: true, encoding: .utf8)
        let wrong = try await Program.coordinator.run(["--config", file])
        #expect(
            wrong.status == .exited(65) && wrong.errors.contains("databse") && wrong.errors.contains(":1"),
            "\(wrong.errors)")
        let missing = try await Program.coordinator.run(["--config", file + ".not"])
        #expect(missing.status == .exited(66), "\(missing.errors)")
    }

    @Test("Environment and file know every option of the programs", arguments: [Program.coordinator, .client])
    func allOptions(program: Program) async throws {
        let help = try await program.run(["--help"]).output
        let options = Set(
            help.split(whereSeparator: { " \n,[".contains($0) }).filter { $0.hasPrefix("--") }.map(String.init))
        let file = try TemporaryFolder()
        try "no-such-option: 1\n".write(toFile: file.path("x.yaml"), atomically: true, encoding: .utf8)
        let errors = try await program.run(["--config", file.path("x.yaml")]).errors
        for option in options.subtracting(["--help", "--version", "--config"]) {
            let name = option.dropFirst(2).prefix { $0.isLetter || $0 == "-" || $0.isNumber }
            #expect(errors.contains(" \(name)"), "\(name) in \(errors)")
        }
    }

    @Test("The units are what systemd takes, where it is installed")
    func units() async throws {
        guard FileManager.default.fileExists(atPath: "/usr/bin/systemd-analyze") else { return }
        let folder = try TemporaryFolder()
        for name in ["fed-coordinator", "fed-client"] {
            let unit = try String(contentsOfFile: Repository.path("docker/systemd/\(name).service"), encoding: .utf8)
            let program: Program = name == "fed-client" ? .client : .coordinator
            try unit.replacing("/usr/local/bin/\(name)", with: program.path)
                .write(toFile: folder.path("\(name).service"), atomically: true, encoding: .utf8)
            let result = try await Subprocess.run(
                .path("/usr/bin/systemd-analyze"), arguments: ["verify", folder.path("\(name).service")],
                output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
            let complaints = result.standardError.split(separator: "\n").filter { $0.contains(name) }
            #expect(complaints.isEmpty, "\(complaints)")
        }
    }
}
