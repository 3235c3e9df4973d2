import Programs
import Scenarios
import Testing

@Suite struct MemoryNeedTests {
    @Test("Processes, threads and updates take memory, and too much is told")
    func need() throws {
        let scenario = try Scenario.parse("rounds: 1\nclients: 4\nmodel: mcmahan-cnn\n", file: "x.yaml")
        let need = MemoryNeed(scenario, workers: 3, threads: 6, uploads: 8)
        #expect(need.bytes == 4 * 20_000_000 + (6 * 3 + 4 * 2 + 1) * 4 * 1_663_370)
        #expect(need.warning(available: need.bytes) == nil)
        #expect(need.warning(available: need.bytes - 1)?.contains("fewer --workers") == true)
    }

    @Test(
        "The system says how much there is",
        arguments: [
            ("MemTotal:  100 kB\nMemFree:  9 kB\nMemAvailable:      2048 kB\n", 2 << 20), ("MemTotal: 1 kB\n", nil),
            ("MemAvailable:\n", nil), ("", nil),
        ] as [(String, Int?)])
    func available(text: String, bytes: Int?) {
        #expect(MemoryNeed.available(meminfo: text) == bytes)
    }
}
