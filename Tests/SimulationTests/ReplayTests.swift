import Diagnostics
import Federation
import RunStore
import Runs
import Scenarios
import Simulation
import Synchronization
import Testing

@Suite struct ReplayTests {
    @Test(
        "A run agrees with itself, however many of its models and updates are kept",
        arguments: [
            "", "keep_models: 0", "keep_models: all", "keep_updates: true", "keep_client_rounds: 1",
            "keep_client_rounds: 2\nkeep_updates: true",
        ])
    func agrees(keys: String) async throws {
        let run = try await SimulatedRun(keys)
        try await run.run()
        let result = try await Replay(of: try await run.recorded()).all()
        #expect(result.agrees && result.rounds == 4 && result.updates == 16 && result.differences.isEmpty)
    }

    @Test(
        "One client of one round is checked alone; the rounds before it are done again where their models are not kept")
    func oneClient() async throws {
        let run = try await SimulatedRun(rounds: 6, "keep_models: 2")
        try await run.run()
        let recorded = try await run.recorded()
        let client = try #require(try await recorded.round(6).clients.last).client
        let remade = Mutex<[Int]>([])
        let trained = Mutex(0)
        let replay = Replay(of: recorded) { progress in
            switch progress {
            case .remade(let round): remade.withLock { $0.append(round) }
            case .trained: trained.withLock { $0 += 1 }
            case .checked, .found: break
            }
        }
        let result = try await replay.update(of: client, round: 6)
        #expect(result.agrees && result.updates == 1 && result.rounds == 0)
        // Round 3 is kept, and the best.
        let kept = try await run.reader.keptModels(of: recorded.summary.run.identity)
        let last = try #require(kept.last { $0 < 6 })
        #expect(last >= 3 && remade.withLock { $0 } == Array(last + 1..<6))
        #expect(trained.withLock { $0 } == 1)
        let rounds = try await replay.rounds([5, 1])
        #expect(rounds.agrees && rounds.rounds == 2 && rounds.updates == 8)
    }

    @Test("Where clients' rows are no longer kept, the round's model shows whether all is right")
    func thinned() async throws {
        let run = try await SimulatedRun(rounds: 4, "keep_client_rounds: 1\nkeep_models: all")
        try await run.run()
        let recorded = try await run.recorded()
        #expect(try await run.reader.clientRounds(of: recorded.summary.run.identity, round: 2).isEmpty)
        let client = try #require(try await recorded.round(2).clients.first).client
        let problem = await #expect(throws: Problem.self) {
            try await Replay(of: recorded).update(of: client, round: 2)
        }
        #expect(problem?.kind == .noInput && problem?.what.contains("no longer has the digest") == true)
        #expect(try await Replay(of: recorded).rounds([2]).agrees)
        let what = try await WhatIf(recorded, without: [client]).round(2)
        #expect(what.trained == 3)

        // What may not be missing is missed.
        try run.tamper("UPDATE rounds SET examples = examples - 1 WHERE round = 2")
        let missing = await #expect(throws: Problem.self) { try await Replay(of: recorded).rounds([2]) }
        #expect(missing?.kind == .data)
    }

    @Test("What is not in the record is a problem with a remedy")
    func absent() async throws {
        let run = try await SimulatedRun(rounds: 2)
        try await run.run()
        let replay = Replay(of: try await run.recorded())
        await #expect(throws: Problem.self) { try await replay.rounds([3]) }
        await #expect(throws: Problem.self) { try await replay.rounds([0]) }
        let selected = try #require(run.context.scenario.roundPlan.selected(in: 1))
        let idle = try #require((0..<5).map { ClientID($0) }.first { !selected.contains($0) })
        let problem = await #expect(throws: Problem.self) { try await replay.update(of: idle, round: 1) }
        #expect(problem?.kind == .noInput && problem?.remedy?.contains("0") == true)
    }

    // MARK: Records that were changed

    @Test("A changed digest of an update is found, and everything else agrees")
    func changedUpdate() async throws {
        let run = try await SimulatedRun()
        try await run.run()
        let client = try #require(run.context.scenario.roundPlan.selected(in: 3))[1]
        try run.tamper(
            """
            UPDATE client_rounds SET update_digest = replace(substr(update_digest, 1, 1), '0', '1') || 'ab'
                || substr(update_digest, 4) WHERE round = 3 AND client = \(client)
            """)
        let result = try await Replay(of: try await run.recorded()).all()
        #expect(!result.agrees && result.rounds == 4 && result.unchecked == 0)
        #expect(result.differences.count == 1)
        guard case .update(round: 3, client: client, _, _) = result.differences.first else {
            Issue.record("\(result.differences)")
            return
        }
        #expect("\(result.differences[0])".hasPrefix("round 3, client \(client): the update is "))
    }

    @Test(
        "Any other number that was changed is found",
        arguments: [
            (
                "UPDATE client_rounds SET loss = loss + 0.001 WHERE round = 2 AND client = (SELECT min(client) FROM client_rounds WHERE round = 2)",
                "loss, accuracy, steps or"
            ),
            (
                "UPDATE client_rounds SET examples = examples + 1 WHERE round = 2 AND client = (SELECT min(client) FROM client_rounds WHERE round = 2)",
                "examples"
            ),
            ("UPDATE rounds SET test_accuracy = test_accuracy - 0.01 WHERE round = 2", "test accuracy"),
            ("UPDATE rounds SET test_loss = test_loss * 2 WHERE round = 2", "test accuracy"),
            (
                """
                UPDATE rounds SET test_classes = json_set(test_classes, '$[3][0]', json_extract(test_classes, '$[3][0]') + 1)
                WHERE round = 2
                """, "the test examples of each class"
            ),
        ])
    func changedNumber(sql: String, words: String) async throws {
        let run = try await SimulatedRun()
        try await run.run()
        try run.tamper(sql)
        let result = try await Replay(of: try await run.recorded()).all()
        #expect(result.differences.count == 1 && result.differences[0].round == 2)
        #expect("\(result.differences[0])".contains(words), "\(result.differences)")
    }

    @Test("Another client in the cohort is found")
    func changedCohort() async throws {
        let run = try await SimulatedRun(rounds: 1)
        try await run.run()
        let selected = try #require(run.context.scenario.roundPlan.selected(in: 1))
        let idle = try #require((0..<5).map { ClientID($0) }.first { !selected.contains($0) })
        try run.tamper("UPDATE client_rounds SET client = \(idle) WHERE client = \(selected[0])")
        let result = try await Replay(of: try await run.recorded()).all()
        #expect(
            result.differences.contains {
                if case .cohort(round: 1, _, let found) = $0 { found == selected } else { false }
            })
        #expect(
            result.differences.contains { if case .update(round: 1, client: idle, _, _) = $0 { true } else { false } })
    }

    @Test("A changed digest of a model is found, and what follows from that model is not taken for checked")
    func changedModel() async throws {
        let run = try await SimulatedRun("keep_models: 0")
        try await run.run()
        let other = String(repeating: "a", count: 64)
        try run.tamper("UPDATE rounds SET model_digest = '\(other)' WHERE round = 2")
        let result = try await Replay(of: try await run.recorded()).all()
        #expect(result.rounds == 2 && result.unchecked == 2 && result.differences.count == 1)
        guard case .model(round: 2, _, _) = result.differences.first else {
            Issue.record("\(result.differences)")
            return
        }
        // Of a model that is kept the digest stands in both tables.
        try run.tamper("UPDATE rounds SET model_digest = '\(other)' WHERE round = 4")
        let problem = await #expect(throws: Problem.self) { try await Replay(of: try await run.recorded()).rounds([4]) }
        #expect(problem?.what.contains("the model of round 4 has one digest") == true)
    }

    @Test("A flipped byte in a kept model or update is refused, with its place", arguments: [1, 7840, 31_399])
    func flippedByte(place: Int) async throws {
        let run = try await SimulatedRun("keep_updates: true")
        try await run.run()
        for table in ["models", "updates"] {
            try run.tamper(
                """
                UPDATE \(table) SET parameters = CAST(
                    substr(parameters, 1, \(place)) || CASE substr(parameters, \(place + 1), 1) WHEN x'55' THEN x'54'
                    ELSE x'55' END || substr(parameters, \(place + 2)) AS BLOB) WHERE round = 3
                """)
            let problem = await #expect(throws: Problem.self) {
                if table == "models" { _ = try await Replay(of: try await run.recorded()).all() }
                _ = try await WhatIf(try await run.recorded(), without: []).round(3)
            }
            #expect(problem?.kind == .data)
            #expect(problem?.what.contains("round 3") == true && problem?.what.contains("damaged") == true)
            try run.tamper("DELETE FROM updates WHERE round = 3; UPDATE models SET parameters = NULL WHERE round = 3")
            try run.tamper(
                "INSERT INTO updates SELECT run_id, 3, client, attempt, parameters FROM updates WHERE round = 2")
        }
    }

    @Test("A scenario that was changed is refused; where its digest is not known, the updates differ")
    func changedScenario() async throws {
        let run = try await SimulatedRun()
        try await run.run()
        try run.tamper("UPDATE runs SET scenario = replace(scenario, 'learning_rate: 0.1', 'learning_rate: 0.2')")
        let problem = await #expect(throws: Problem.self) { try await run.recorded() }
        #expect(problem?.kind == .data && problem?.what.contains("scenario") == true)
        try run.tamper("UPDATE runs SET scenario_digest = NULL")
        let result = try await Replay(of: try await run.recorded()).all()
        #expect(result.differences.count { if case .update(round: 1, _, _, _) = $0 { true } else { false } } == 4)
    }

    @Test("Other data are refused")
    func otherData() async throws {
        let run = try await SimulatedRun(rounds: 1)
        try await run.run()
        try run.tamper("UPDATE runs SET data_digest = '\(String(repeating: "0", count: 64))'")
        let problem = await #expect(throws: Problem.self) { try await run.recorded() }
        #expect(problem?.kind == .data && problem?.what.contains("other data") == true)
    }

    @Test("Updates from data that a client has alone are taken as they are where they were kept, and named where not")
    func ownData() async throws {
        for keys in ["keep_updates: true", ""] {
            let run = try await SimulatedRun(keys)
            try await run.run()
            let client = try #require(run.context.scenario.roundPlan.selected(in: 1))[0]
            try run.tamper("UPDATE client_rounds SET own_data = 1 WHERE client = \(client)")
            let recorded = try await run.recorded()
            let result = try await Replay(of: recorded).all()
            #expect(result.agrees && result.rounds == 4 && result.unchecked == 0)
            let own = try await recorded.trainings(in: [1, 2, 3, 4])
            #expect(result.updates == own && own < 16)
            #expect(result.taken == (keys.isEmpty ? 0 : 16 - own))
            #expect(result.missing.count == (keys.isEmpty ? 16 - own : 0))
            #expect(result.missing.allSatisfy { $0.client == client })
            // It could not train here.
            let problem = await #expect(throws: Problem.self) {
                try await WhatIf(recorded, without: []).branch(from: 3)
            }
            #expect(problem?.kind == .usage && problem?.what.contains("data of their own") == true)
        }
    }

    @Test(
        "Where no model is kept, the rounds after one with an update that cannot be made again are not taken for checked"
    )
    func ownDataWithoutModels() async throws {
        let run = try await SimulatedRun("keep_models: 0")
        try await run.run()
        let client = try #require(run.context.scenario.roundPlan.selected(in: 2))[0]
        try run.tamper("UPDATE client_rounds SET own_data = 1 WHERE round = 2 AND client = \(client)")
        let result = try await Replay(of: try await run.recorded()).all()
        #expect(result.agrees && result.rounds == 2 && result.unchecked == 2)
        #expect(result.missing.map(\.round) == [2] && result.missing.map(\.client) == [client])
    }

    @Test("A number of examples that cannot be is an error of the record")
    func impossiblePopulation() async throws {
        for population in ["0", "4294967297", "-9223372036854775808"] {
            let run = try await SimulatedRun(rounds: 1)
            try await run.run()
            try run.tamper("PRAGMA ignore_check_constraints = 1; UPDATE rounds SET population = \(population)")
            let problem = await #expect(throws: Problem.self) { try await Replay(of: try await run.recorded()).all() }
            #expect(problem?.kind == .data && problem?.what.contains("rounds.population") == true)
        }
    }

    @Test("A record from before the number of all examples was kept is replayed with the partition's")
    func withoutPopulation() async throws {
        let run = try await SimulatedRun(rounds: 1)
        try await run.run()
        try run.tamper("UPDATE rounds SET population = NULL, own_data_clients = NULL")
        #expect(try await Replay(of: try await run.recorded()).all().agrees)
    }

    @Test("Fewer examples in the record than an update claims are an error of the record")
    func tooFewExamples() async throws {
        let run = try await SimulatedRun(rounds: 1)
        try await run.run()
        try run.tamper("UPDATE rounds SET population = 1")
        let problem = await #expect(throws: Problem.self) { try await Replay(of: try await run.recorded()).all() }
        #expect(problem?.kind == .data && problem?.place?.contains("round 1, client") == true)
    }
}
