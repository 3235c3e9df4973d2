import Diagnostics
import RunStore
import Runs
import Scenarios
import Testing

/// Whether a start begins a run or goes on with one.
@Suite struct RunStartTests {
    private func name(_ start: RunStart) -> String {
        switch start {
        case .new: "new"
        case .branch: "branch"
        case .resumed: "resumed"
        case .finished: "finished"
        }
    }

    private func choice(_ run: SimulatedRun, _ scenario: Scenario?, _ resume: RunStart.Resumption) async throws
        -> String
    {
        name(try await RunStart.choose(scenario: scenario, resume: resume, in: run.reader))
    }

    @Test(
        "What restarts a program that ended badly goes on with its run; one that was stopped or finished stays as it is"
    )
    func broken() async throws {
        let run = try await SimulatedRun(rounds: 2)
        try await run.run()
        let scenario = run.context.scenario
        #expect(try await choice(run, scenario, .ifBroken) == "new")
        #expect(try await choice(run, scenario, .always) == "finished")
        #expect(try await choice(run, scenario, .never) == "new")
        for (status, expected) in [("stopped", "new"), ("failed", "resumed")] {
            try run.tamper("UPDATE runs SET status = '\(status)'")
            #expect(try await choice(run, scenario, .ifBroken) == expected)
            #expect(try await choice(run, scenario, .always) == "resumed")
        }
        // Killed: nobody has said how it ended.
        try run.tamper("UPDATE runs SET status = 'running', finished_at = NULL")
        #expect(try await choice(run, scenario, .ifBroken) == "resumed")
        #expect(try await choice(run, scenario, .never) == "new")
        #expect(try await choice(run, nil, .always) == "resumed")
        // Another scenario's run is none of its own.
        let other = try await SimulatedRun(rounds: 3).context.scenario
        #expect(try await choice(run, other, .ifBroken) == "new")
        await #expect(throws: Problem.self) { try await choice(run, other, .always) }
    }
}
