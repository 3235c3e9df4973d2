import Diagnostics
import Foundation
import Programs
import Scenarios
import TestSupport
import Testing

@Suite struct RecordNeedTests {
    private func scenario(_ more: String) throws -> Scenario {
        try Scenario.parse("rounds: 1000\nclients: 10\nmodel: logistic\n" + more, file: "x.yaml")
    }

    @Test(
        "The models, the updates and the rows that a scenario keeps take room",
        arguments: [
            ("", 11 * 31_400 + 1_000 * 200 + 10_000 * 150),
            ("keep_models: 0", 31_400 + 1_000 * 200 + 10_000 * 150),
            ("keep_models: all", 1_001 * 31_400 + 1_000 * 200 + 10_000 * 150),
            ("keep_updates: true", 11 * 31_400 + 1_000 * 200 + 10_000 * (150 + 31_400)),
            ("{keep_updates: true, keep_client_rounds: 5}", 11 * 31_400 + 1_000 * 200 + 50 * (150 + 31_400)),
        ])
    func bytes(keys: String, bytes: Int) throws {
        let lines = keys.split { "{},".contains($0) }.map { $0.trimmingCharacters(in: .whitespaces) }
        let scenario = try scenario(lines.joined(separator: "\n"))
        #expect(RecordNeed(scenario).bytes == bytes)
        #expect(RecordNeed(scenario, roundsDone: 500).bytes == bytes / 2)
        #expect(RecordNeed(scenario, roundsDone: 1_000).bytes == 0)
    }

    @Test("What servers remember, several vectors of an update, and updates that wait in a file take room, too")
    func strategies() throws {
        let rows = 1_000 * 200 + 10_000 * 150
        #expect(RecordNeed(try scenario("strategy: fedadam")).bytes == 11 * 3 * 31_400 + rows)
        #expect(
            RecordNeed(try scenario("strategy: scaffold\nkeep_updates: true")).bytes
                == 11 * 2 * 31_400 + rows + 10_000 * 2 * 31_400)
        #expect(RecordNeed(try scenario("strategy: median")).bytes == 11 * 31_400 + rows)
        let spilled = RecordNeed(try scenario("strategy: median\nupdate_memory_mib: 0"))
        #expect(spilled.bytes == 11 * 31_400 + rows + 10 * 31_400)
        let two = RecordNeed([spilled, RecordNeed(try scenario("keep_updates: true"))])
        #expect(two.bytes > spilled.bytes && two.shortage(free: 0, at: "x")?.remedy?.contains("keep_updates") == true)
    }

    @Test("Numbers beyond all disks are estimated, too")
    func huge() throws {
        let scenario = try Scenario.parse(
            """
            rounds: 1000000
            clients: 60000
            model: mcmahan-cnn
            keep_updates: true
            """, file: "x.yaml")
        #expect(RecordNeed(scenario).bytes > 1 << 58)
    }

    @Test("Too little room is told with the numbers and what to do")
    func shortage() throws {
        let need = RecordNeed(try scenario("keep_updates: true"))
        #expect(need.shortage(free: need.bytes, at: "my.db") == nil)
        let problem = try #require(need.shortage(free: 1_000_000, at: "my.db"))
        #expect(problem.kind == .unavailable && problem.place == "my.db")
        #expect(problem.what.contains("977 KiB free"))
        #expect(problem.remedy?.contains("keep_updates: false, keep_client_rounds: 100") == true)
        #expect(problem.remedy?.contains("keep_models") == false)
    }

    @Test("A run that may end at its target long before is only warned of")
    func target() throws {
        let folder = try TemporaryFolder()
        let large = "model: mcmahan-cnn\nkeep_updates: true\nrounds: 1000000\nclients: 1000\n"
        let sure = RecordNeed(try Scenario.parse(large, file: "x.yaml"))
        #expect(throws: Problem.self) { try sure.check(database: folder.path("x.db")) }
        let unsure = RecordNeed(try Scenario.parse(large + "target: 0.9\n", file: "x.yaml"))
        #expect(try unsure.check(database: folder.path("x.db"))?.contains("unless a target is reached") == true)
        #expect(try RecordNeed(try scenario("")).check(database: folder.path("x.db")) == nil)
        // What cannot be is for the record itself to say.
        #expect(try sure.check(database: folder.path("none/x.db")) == nil)
    }
}
