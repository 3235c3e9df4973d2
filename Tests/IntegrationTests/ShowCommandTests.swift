import Parameters
import RunStore
import Subprocess
import TestSupport
import Testing

/// `fed show` of a run with more rounds than anybody reads.
struct ShowCommandTests {
    private func fed(_ arguments: String...) async throws -> Finished {
        let finished = try await Program.fed.run(arguments)
        #expect(finished.status == .exited(0), "\(finished.errors)")
        return finished
    }

    @Test("The latest rounds are listed, all if that is wanted; clients whose rows are not kept are counted")
    func manyRounds() async throws {
        let experiment = try await Experiment(rounds: 30, more: "keep_client_rounds: 5")
        let database = experiment.database
        _ = try await fed(
            "run", experiment.scenario, "--data", experiment.data, "--database", database, "--in-process")
        let reader = try experiment.record
        let rounds = try await reader.rounds(of: try await reader.run(.latest).run.identity)
        #expect(rounds.count == 30)

        func listed(_ shown: Finished) -> [Int] {
            let digests = rounds.map(\.modelDigest.short)
            return digests.indices.filter { shown.output.contains(digests[$0]) }.map { $0 + 1 }
        }
        let shown = try await fed("show", "--database", database)
        #expect(listed(shown) == Array(7...30))
        #expect(shown.output.contains("the last 24 of 30 rounds; --last all lists all"))
        let all = try await fed("show", "--database", database, "--last", "all")
        #expect(listed(all) == Array(1...30) && !all.output.contains("the last"))
        #expect(listed(try await fed("show", "--database", database, "--last", "3")) == Array(28...30))
        #expect(try await fed("show", "--database", database, "--csv").output.split(separator: "\n").count == 31)
        #expect(shown.output.contains("of the classes"), "\(shown.output)")

        // All six clients were in all rounds, whatever rows are left.
        let fairness = try await fed("show", "--database", database, "--fairness", "--csv", "--data", experiment.data)
        let counts = fairness.output.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",").prefix(3).map(String.init)
        }
        #expect(counts == (0..<6).map { ["\($0)", "30", "30"] }, "\(fairness.output)")

        let late = try await fed("show", "--database", database, "--round", "26")
        #expect(late.output.contains("reported") && !late.output.contains("no longer in the record"))
        let early = try await fed("show", "--database", database, "--round", "25")
        #expect(early.output == "6 clients that reported: no longer in the record (keep_client_rounds)\n")

        // What is no longer kept can be made again all the same.
        let replayed = try await fed("replay", database, "--data", experiment.data)
        #expect(replayed.output.contains("all agree: 30 rounds, 180 updates"), "\(replayed.output)")
        let bundle = experiment.folder.path("result.fedrun")
        _ = try await fed("bundle", database, "-o", bundle)
        #expect(try await fed("verify", bundle, "--data", experiment.data).output.contains("all agree"))
    }

    @Test("A number that is none is refused")
    func wrongNumber() async throws {
        for text in ["0", "-1", "some"] {
            let refused = try await Program.fed.run(["show", "--last", text])
            #expect(refused.status == .exited(64), "\(text)")
        }
    }
}
