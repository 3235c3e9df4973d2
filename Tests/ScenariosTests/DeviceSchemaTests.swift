import Diagnostics
import Federation
import Scenarios
import Settings
import Testing

@Suite struct DeviceSchemaTests {
    private func scenario(_ keys: String) throws(Problem) -> Scenario { try .with(keys) }

    @Test("Devices are a list, each with its clients and its settings; without either it is all that are left")
    func list() throws {
        let rules = try scenario(
            """
            devices:
              - {share: 0.3, speed: 0.1, up: 1Mbit, down: 8Mbit, latency: 50ms}
              - {clients: "0..2,9", samples_per_second: 20}
              - {spread: 0.2}
            """
        ).devices
        #expect(rules.map(\.clients) == [.share(0.3), .these([0, 1, 2, 9].map { ClientID($0) }), .share(1)])
        #expect(rules[0].device.samplesPerSecond == 100 && rules[0].device.latency == .milliseconds(50))
        #expect(rules[0].device.up == 1_000_000 && rules[0].device.down == 8_000_000)
        #expect(rules[1].device.samplesPerSecond == 20 && rules[1].device.up == nil)
        #expect(rules[2].device.spread == 0.2)
        let fleet = try scenario("devices: [{clients: 3, speed: 2}]").fleet
        #expect(fleet[ClientID(3)].samplesPerSecond == 2_000 && fleet[ClientID(4)] == .standard)
    }

    @Test(
        "What a device cannot be is refused with its line",
        arguments: [
            ("{share: 0.1, clients: 3}", "say the same thing twice"), ("{speed: 0}", "from 0 to 1000, but not 0"),
            ("{up: 5}", "such as 500kbit or 10Mbit"), ("{latency: 5}", "such as 500ms, 30s, 2m or 1h"),
            ("{down: fast}", "or unlimited"), ("{spread: -1}", "from 0 to 3"), ("{sped: 1}", "unknown key"),
            ("{hours: 6-22}", "such as 22:00-06:00"), ("{hours: 06:00-06:00}", "such as 22:00-06:00"),
            ("{on_for: 5m}", "goes with off_for"), ("{off_for: 5m}", "goes with on_for"),
            ("{on_for: 5m, off_for: 1m, hours: 08:00-09:00}", "does not go with on_for"),
            ("{memory: 64}", "such as 512KiB or 64MiB"), ("{back_after: soon}", "or never"),
            ("{loss: 2}", "from 0 to 1"),
        ])
    func mistakes(item: String, what: String) {
        let problem = #expect(throws: Problem.self) { try scenario("devices:\n  - \(item)") }
        #expect(problem?.description.contains(what) == true, "\(problem?.description ?? "")")
        #expect(problem?.description.contains(":4:") == true, "\(problem?.description ?? "")")
    }
}
