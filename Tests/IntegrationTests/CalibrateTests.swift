import Foundation
import Subprocess
import TestSupport
import Testing

/// `fed calibrate`: a machine as a device of a scenario.
@Suite struct CalibrateTests {
    private struct Profile: Decodable {
        let samplesPerSecond: Double
        let spread: Double
        let memory: Int
        let up: Int?
    }

    @Test("What is measured is a device that a scenario takes")
    func profile() async throws {
        let experiment = try await Experiment()
        let measure = ["calibrate", experiment.scenario, "--data", experiment.data, "--repeats", "3"]
        let file = experiment.folder.path("devices.yaml")
        let finished = try await Program.fed.run(measure + ["-o", file])
        #expect(finished.status == .exited(0) && finished.output.isEmpty, "\(finished.errors)")
        let devices = try String(contentsOfFile: file, encoding: .utf8)
        #expect(devices.hasPrefix("# Measured by fed calibrate on ") && devices.contains("logistic in batches of 10"))
        let scenario = try String(contentsOfFile: experiment.scenario, encoding: .utf8)
        let together = experiment.folder.path("together.yaml")
        try "\(scenario)\n\(devices)".write(toFile: together, atomically: true, encoding: .utf8)
        let run = try await Program.fed.run(
            ["run", together, "--virtual", "--data", experiment.data, "--database", experiment.database])
        #expect(run.status == .exited(0), "\(run.errors)")

        let json = try await Program.fed.run(measure + ["--json"])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let found = try decoder.decode(Profile.self, from: Data(json.output.utf8))
        #expect(found.samplesPerSecond > 0 && found.spread >= 0 && found.memory >= 1 << 20 && found.up == nil)
    }

    @Test("What does not go together, and a link to nobody")
    func mistakes() async throws {
        let experiment = try await Experiment()
        for arguments in [["--serve", "127.0.0.1:0", "--json"], ["--set", "rounds=2"], ["--repeats", "1"]] {
            let finished = try await Program.fed.run(["calibrate"] + arguments)
            #expect(finished.status == .exited(64), "\(arguments): \(finished.errors)")
        }
        let finished = try await Program.fed.run([
            "calibrate", experiment.scenario, "--data", experiment.data, "--repeats", "2", "--link", "127.0.0.1:1",
        ])
        #expect(
            finished.status == .exited(69) && finished.errors.contains("fed calibrate --serve"), "\(finished.errors)")
    }
}
