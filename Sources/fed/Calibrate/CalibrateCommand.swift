import ArgumentParser
import Datasets
import Diagnostics
import Foundation
import Learning
import Programs
import Runs
import Scenarios
import Settings
import Terminal
import Transport

/// `fed calibrate`: this machine as a device of a scenario.
struct CalibrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Measure how fast this machine trains and how it is connected, as a device for scenarios.",
        discussion: """
            Trains the scenario's model, or the cnn in batches of 10, on one thread, as a client does, and prints the \
            devices of a scenario in which every client has such a machine. With --link the link to another machine is \
            measured, too, where fed calibrate --serve 0.0.0.0:7879 runs. What is simulated then (fed run --virtual) is \
            what these machines would do.
            """)

    @Argument(help: "The scenario whose model, batches and kernels are measured, a YAML file.")
    var scenario: String?

    @Option(
        help: "Measure the link to this address, where fed calibrate --serve runs.", transform: { try Endpoint($0) })
    var link: Endpoint?

    @Option(
        help: "Be the other end of a link, at this address, until Ctrl-C; for a network that you trust.",
        transform: { try Endpoint($0) })
    var serve: Endpoint?

    @Option(name: .shortAndLong, help: "Write the devices into this file.")
    var output: String?

    @Option(help: "How often the speed is measured.")
    var repeats = 10

    @Option(help: "The folder of the data; otherwise that of FED_DATA_DIR, else the user's cache folder.")
    var data: String?

    @OptionGroup var scenarioOptions: ScenarioOptions

    @Flag(help: "Print JSON.")
    var json = false

    private static let examples = 4000

    func validate() throws {
        guard 2...1000 ~= repeats else { throw ValidationError("--repeats is from 2 to 1,000.") }
        if serve != nil, scenario != nil || link != nil || output != nil || json {
            throw ValidationError("--serve measures nothing itself: the other machine does.")
        }
        if scenario == nil, !scenarioOptions.overrides.isEmpty {
            throw ValidationError("--set goes with a scenario.")
        }
    }

    func run() async throws {
        if let serve { return try await beOtherEnd(at: serve) }
        let scenario = try scenario.map { try Scenario.load(path: $0, overrides: scenarioOptions.overrides) }
        // First, since it is the one that may be missing.
        let measuredLink = try await measureLink()
        let display = DatasetDisplay()
        let dataset = try await Dataset.load(
            DatasetRequest(
                kind: scenario?.data ?? .mnist, folder: data, allowDrawnDigits: !(scenario?.namesData ?? false))
        ) { display.show($0) }
        display.finish()
        let name = scenario?.model ?? "cnn"
        guard let architecture = ModelArchitecture.named(name) else {
            throw Problem(.data, "there is no model \"\(name)\"")
        }
        let batchSize = scenario?.train.batchSize.size(for: Self.examples) ?? 10
        var measurement = SpeedMeasurement(
            model: try architecture.model(for: dataset), batchSize: batchSize,
            kernels: (scenario?.kernels ?? .fused).kernels, examples: dataset.train, count: Self.examples)
        for _ in 0..<repeats { try await measurement.measure() }
        let profile = DeviceProfile(speed: measurement.speed, memory: Self.memory, link: measuredLink)
        try write(profile, "\(name) in batches of \(batchSize), one client at a time")
    }

    private func measureLink() async throws -> LinkProbe.Result? {
        guard let link else { return nil }
        return try await LinkProbe(link).measure()
    }

    private func beOtherEnd(at endpoint: Endpoint) async throws {
        let server = try await LinkServer.bind(to: endpoint)
        TerminalOutput.standardOutput.write(
            "the other end of links: fed calibrate --link HOST:\(server.endpoint.port) measures them; Ctrl-C ends this\n"
        )
        try await server.run()
    }

    /// What this machine has, in whole GiB where it has as much.
    private static var memory: Int {
        let bytes = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        let unit = bytes >= 1 << 30 ? 1 << 30 : 1 << 20
        return max(1 << 20, bytes / unit * unit)
    }

    private func write(_ profile: DeviceProfile, _ what: String) throws {
        let text: String
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            text = String(decoding: try encoder.encode(profile), as: UTF8.self) + "\n"
        } else {
            let cpu = MachineDescription.current.cpu
            text = profile.yaml(
                "Measured by fed calibrate on \(cpu): \(what)\(link.map { "; the link to \($0)" } ?? "").")
        }
        guard let output else { return TerminalOutput.standardOutput.write(text) }
        do {
            try text.write(toFile: output, atomically: true, encoding: .utf8)
        } catch {
            throw Problem(.software, "the profile cannot be written: \(error.localizedDescription)", at: output)
        }
    }
}
