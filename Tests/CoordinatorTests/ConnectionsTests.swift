import Client
import Datasets
import Diagnostics
import Federation
import Learning
import RunStore
import Runs
import TestSupport
import Testing
import Transport
import Wire
import Workers

/// Worker processes with several connections, over loopback.
struct ConnectionsTests {
    @Test("A process's connections are workers of their own, and the models are those of one connection")
    func sameModels() async throws {
        let one = try await NetworkedRun(RunTests.scenario(cohort: 4))
        _ = try await one.run { run in _ = try await run.worker(.count(6)).run() }
        for (hosting, connections) in [(Hello.Hosting.count(6), 4), (.count(6), 6), (.share, 4)] {
            let run = try await NetworkedRun(RunTests.scenario(cohort: 4))
            let outcome = try await run.run { run in
                let farewell = try await run.worker(hosting, connections: connections, threads: 2).run()
                #expect(farewell.isFinished)
            }
            #expect(outcome == .finished)
            #expect(run.digests == one.digests)
            let joined = try await run.events().filter { $0.kind == "worker_joined" }
            #expect(joined.count == connections)
            let names = Set((1...connections).map { "worker/\($0)" })
            for round in 1...3 {
                let workers = try await run.record(round: round).compactMap(\.worker)
                #expect(workers.count == 4 && names.isSuperset(of: workers))
            }
        }
    }

    @Test("Clients that leave together are recorded each with its reason, and the run goes on without them")
    func leaveTogether() async throws {
        let run = try await NetworkedRun(RunTests.scenario(cohort: 6, "network: {absence_deadline: 200ms}"))
        let gone = (2..<5).map { ClientID($0) }
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let steady = try await run.worker(.clients([0, 1, 5].map { ClientID($0) }), name: "steady")
                group.addTask { _ = try await steady.run() }
                try await ScriptedWorker(endpoint: run.listener.endpoint, hosting: .clients(gone))
                    .leaveWhenInvited(dataset: run.context)
                try await group.waitForAll()
            }
        }
        #expect(outcome == .finished)
        for round in 1...3 {
            let failed = try await run.record(round: round).filter { $0.status == .failed }
            #expect(failed.map(\.client) == gone)
            #expect(failed.allSatisfy { $0.reason == "disconnected" })
        }
    }

    @Test("Connections that would have no clients, or not those that were asked for, are wrong usage")
    func wrongUsage() async throws {
        let run = try await NetworkedRun(RunTests.scenario(cohort: 4))
        for hosting in [Hello.Hosting.count(2), .clients([ClientID(0), ClientID(1), ClientID(2)])] {
            await #expect {
                _ = try await run.worker(hosting, connections: 3)
            } throws: {
                ($0 as? Problem)?.kind == .usage
            }
        }
    }

    @Test(
        "A worker that is told of misbehaviour that cannot be says so, and ends", .timeLimit(.minutes(1)),
        arguments: [("backdoor", ["target": "200"], []), ("alie", [:], [0, 4_000])])
    func impossibleBehaviour(name: String, settings: [String: String], known: [UInt32]) async throws {
        let run = try await NetworkedRun(RunTests.scenario(cohort: 6))
        var coordinator = try await ScriptedCoordinator(run.context)
        coordinator.hostile = RoundBehaviour(
            place: 0,
            choice: try BehaviourChoice(name: name, settings: settings.map { (name: $0.key, text: $0.value) }),
            attack: AttackContext(round: 1, cohort: 6, attackers: 1), clients: [ClientID(0)],
            known: known.map { ClientID($0) })
        let host = try await run.worker(.count(1), endpoint: coordinator.endpoint)
        let problem = Noted<Problem?>(nil)
        try await coordinator.serve(rounds: 1) {
            do {
                _ = try await host.run()
            } catch let error as Problem {
                problem.withLock { $0 = error }
            }
        } betweenRounds: {
        }
        let text = problem.withLock { $0?.description ?? "" }
        #expect(text.contains(name == "alie" ? "client 4000" : "wants class 200"), "\(text)")
    }

    @Test(
        "A worker whose data have other classes than its greeting says, or that is told of impossibly many, says so",
        .timeLimit(.minutes(1)), arguments: [5, 300], [false, true])
    func impossibleClasses(classes: Int, ownData: Bool) async throws {
        let run = try await NetworkedRun(RunTests.scenario(cohort: 6))
        var coordinator = try await ScriptedCoordinator(run.context)
        coordinator.claimed = ModelDefinition(
            name: run.context.model.name, input: run.context.model.input,
            layers: run.context.model.layers.dropLast() + [.dense(units: classes)])
        let folder = run.folder.path("own")
        if ownData { try await LocalShard(run.context.dataset.train).write(folder: folder) }
        let host = try await run.worker(
            .clients([ClientID(0)]), endpoint: coordinator.endpoint, dataFolder: ownData ? folder : nil)
        let problem = Noted<Problem?>(nil)
        try await coordinator.serve(rounds: 1) {
            do {
                _ = try await host.run()
            } catch let error as Problem {
                problem.withLock { $0 = error }
            }
        } betweenRounds: {
        }
        let text = problem.withLock { $0?.description ?? "" }
        #expect(text.contains(ownData && classes == 5 ? "labels up to 9" : "has not the run's tensors"), "\(text)")
    }

    @Test("A process holds no model when the round is closed and nothing trains", .timeLimit(.minutes(1)))
    func letsModelGo() async throws {
        let run = try await NetworkedRun(RunTests.scenario(cohort: 6))
        let coordinator = try await ScriptedCoordinator(run.context)
        let host = try await run.worker(.count(2), connections: 2, endpoint: coordinator.endpoint)
        try await coordinator.serve(rounds: 2) {
            _ = try await host.run()
        } betweenRounds: {
            try await eventually { !host.holdsModel }
        }
    }
}
