import Foundation
import Parameters
import Randomness
import RunStore
import Subprocess
import TestSupport
import Testing

/// A coordinator, or a worker, that is killed at any instant: what is started again comes to the models of the calm run.
///
/// `FED_CRASH=all Tests/run --filter CrashTests` goes through all of it, which takes some minutes; otherwise it is a sample.
@Suite("Killed at any instant") struct CrashTests {
    private static let isWhole = ProcessInfo.processInfo.environment["FED_CRASH"] == "all"

    private func fed(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> Finished {
        try await Program.fed.run(arguments, environment: environment)
    }

    private func calmDigests(of experiment: Experiment) async throws -> [String] {
        let calm = experiment.folder.path("calm.sqlite")
        let finished = try await fed([
            "run", experiment.scenario, "--data", experiment.data, "--database", calm, "--in-process",
        ])
        #expect(finished.status == .exited(0), "\(finished.errors)")
        let reader = try RunReader(path: calm)
        return try await reader.rounds(of: try await reader.run(.latest).run.identity).map(\.modelDigest.description)
    }

    // MARK: Every durable step

    @Test(
        "At every durable step in turn, in one process", .timeLimit(.minutes(10)), arguments: RecordFault.Loss.allCases)
    func everyStep(loss: RecordFault.Loss) async throws {
        let experiment = try await Experiment(rounds: 2, clients: 3, cohort: 3, more: "keep_updates: true")
        let calm = try await calmDigests(of: experiment)
        let run = ["run", experiment.scenario, "--data", experiment.data, "--in-process", "--json", "--database"]
        let whole = RecordFault(database: experiment.folder.path("whole"))
        #expect(try await fed(run + [whole.database + ".sqlite"], whole.environment()).status == .exited(0))
        let steps = try whole.steps
        #expect(steps > 50)

        var stream = RandomStream(seed: 4, purpose: .jitter)
        let isSample = !Self.isWhole && loss != .nothingWritten
        let chosen = isSample ? stream.sample(30, below: steps).map { $0 + 1 } : Array(1...steps)
        var kills = 0
        for step in chosen {
            let fault = RecordFault(database: experiment.folder.path("step-\(step)"))
            let database = fault.database + ".sqlite"
            let killed = try await fed(run + [database], fault.environment(kill: step, loss: loss))
            guard killed.status == .signaled(SIGKILL) else {
                // The journal of the run's events has its own pace: a run may have a step less.
                #expect(killed.status == .exited(0) && (try? fault.steps) ?? 0 < step, "step \(step)")
                continue
            }
            kills += 1
            // What it has told is in the record, whatever was lost.
            let told = killed.output.components(separatedBy: "roundCommitted").count - 1
            #expect(try await digests(in: database).count >= told, "step \(step)")
            try await finish(experiment, database, run, step: step, calm: calm)
        }
        #expect(kills > chosen.count / 2)
        print("\(steps) durable steps, \(kills) kills (\(loss)), all digests equal")
    }

    /// Goes on with what a killed program has left.
    private func finish(
        _ experiment: Experiment, _ database: String, _ run: [String], step: Int, calm: [String]
    ) async throws {
        let before = try await digests(in: database)
        #expect(before == Array(calm.prefix(before.count)), "step \(step): what was committed is there")
        let hasRun = await ((try? RunReader(path: database).runs()) ?? []).isEmpty == false
        let arguments = hasRun ? ["run", "--resume", database, "--data", experiment.data] : run + [database]
        let resumed = try await fed(arguments)
        #expect(resumed.status == .exited(0), "step \(step): \(resumed.errors)")
        #expect(try await digests(in: database) == calm, "step \(step)")
        let reader = try RunReader(path: database)
        let summary = try await reader.run(.latest)
        #expect(summary.run.status == .finished, "step \(step)")
        #expect(try await reader.storage(of: summary.run.identity).updates == 6, "step \(step)")
    }

    /// The digests of the latest run's rounds; none where there is no run yet.
    private func digests(in database: String) async throws -> [String] {
        guard let reader = try? RunReader(path: database), let run = try? await reader.run(.latest) else { return [] }
        return try await reader.rounds(of: run.run.identity).map(\.modelDigest.description)
    }

    @Test("A networked coordinator, at durable steps", .timeLimit(.minutes(20)))
    func networked() async throws {
        let experiment = try await Experiment(rounds: 3, clients: 4, cohort: 4)
        let calm = try await calmDigests(of: experiment)
        let whole = RecordFault(database: experiment.folder.path("whole"))
        let steps = try await Self.steps(of: experiment, whole)
        var stream = RandomStream(seed: 1, purpose: .jitter)
        let chosen = Self.isWhole ? Array(1...steps) : stream.sample(8, below: steps).map { $0 + 1 }
        var kills = 0
        for step in chosen {
            let fault = RecordFault(database: experiment.folder.path("step-\(step)"))
            kills += try await Self.killAndGoOn(experiment, fault, step)
            #expect(try await digests(in: fault.database + ".sqlite") == calm, "step \(step)")
        }
        #expect(kills > chosen.count / 2)
        print("\(steps) durable steps, \(kills) kills, all digests equal")
    }

    private static func steps(of experiment: Experiment, _ fault: RecordFault) async throws -> Int {
        _ = try await killAndGoOn(experiment, fault, 0)
        return try fault.steps
    }

    /// Runs a coordinator that is killed at a step, and another one after it on the same record and port, with one worker
    /// for both; how many were killed.
    private static func killAndGoOn(_ experiment: Experiment, _ fault: RecordFault, _ step: Int) async throws -> Int {
        let database = fault.database + ".sqlite"
        let port = try FreePort.find()
        let coordinate = [
            "--scenario", experiment.scenario, "--data", experiment.data, "--database", database, "--listen",
            "127.0.0.1:\(port)", "--resume",
        ]
        return try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                let worker = try await Program.client.run([
                    "--coordinator", "127.0.0.1:\(port)", "--clients", "4", "--data", experiment.data, "--retry-for",
                    "30",
                ])
                #expect(worker.status == .exited(0), "\(worker.errors)")
                return 0
            }
            group.addTask {
                let first = try await Program.coordinator.run(coordinate, environment: fault.environment(kill: step))
                guard first.status == .signaled(SIGKILL) else {
                    #expect(first.status == .exited(0), "\(first.errors)")
                    return 0
                }
                let second = try await Program.coordinator.run(coordinate)
                #expect(second.status == .exited(0), "step \(step): \(second.errors)")
                return 1
            }
            var kills = 0
            while let count = try await group.next() {
                kills += count
                // A run that was whole before the kill ends again without the worker, which then waits in vain.
                if count == 1 || kills > 0 { break }
            }
            group.cancelAll()
            return kills
        }
    }

    // MARK: Any moment

    @Test("A coordinator killed at random moments of one run", .timeLimit(.minutes(20)))
    func randomMoments() async throws {
        let experiment = try await Experiment(rounds: Self.isWhole ? 40_000 : 2000)
        let calm = try await calmDigests(of: experiment)
        let port = try FreePort.find()
        let kills = try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask {
                let worker = try await Program.client.run([
                    "--coordinator", "127.0.0.1:\(port)", "--clients", "6", "--data", experiment.data, "--retry-for",
                    "60",
                ])
                #expect(worker.status == .exited(0), "\(worker.errors)")
                return nil
            }
            group.addTask { try await Self.killAgainAndAgain(experiment, port, Self.isWhole ? 200 : 10) }
            return try await group.reduce(0) { $0 + ($1 ?? 0) }
        }
        #expect(try await experiment.digests() == calm)
        #expect(kills == (Self.isWhole ? 200 : 10))
        print("\(kills) kills at random moments, all digests equal")
    }

    /// Kills coordinators at drawn moments of their lives until so many have been killed, and lets the last one end.
    private static func killAgainAndAgain(_ experiment: Experiment, _ port: Int, _ wanted: Int) async throws -> Int {
        var stream = RandomStream(seed: 2, purpose: .jitter)
        let coordinate = [
            "--scenario", experiment.scenario, "--data", experiment.data, "--database", experiment.database,
            "--listen", "127.0.0.1:\(port)", "--resume",
        ]
        for kill in 1...wanted {
            // Most fall into the rounds, some into the start.
            let life = Duration.milliseconds(30 + 330 * stream.uniform())
            let (_, status) = try await Program.coordinator.start(coordinate) { coordinator in
                try await Task.sleep(for: life)
                coordinator.signal(SIGKILL)
                try await coordinator.gone()
            }
            guard status == .signaled(SIGKILL) else { return kill - 1 }
        }
        let last = try await Program.coordinator.run(coordinate)
        #expect(last.status == .exited(0), "\(last.errors)")
        return wanted
    }

    @Test("Workers killed at random moments of one run", .timeLimit(.minutes(20)))
    func workers() async throws {
        let wanted = Self.isWhole ? 200 : 10
        let experiment = try await Experiment(rounds: Self.isWhole ? 40_000 : 2000)
        let calm = try await calmDigests(of: experiment)
        let port = try FreePort.find()
        let address = "127.0.0.1:\(port)"
        let finished = try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask {
                let coordinator = try await Program.coordinator.run([
                    "--scenario", experiment.scenario, "--data", experiment.data, "--database", experiment.database,
                    "--listen", address,
                ])
                #expect(coordinator.status == .exited(0), "\(coordinator.errors)")
                return nil
            }
            group.addTask {
                let steady = try await Program.client.run([
                    "--coordinator", address, "--clients", "3", "--data", experiment.data,
                ])
                #expect(steady.status == .exited(0), "\(steady.errors)")
                return nil
            }
            group.addTask { try await Self.killWorkers(experiment, address, wanted) }
            return try await group.reduce(0) { $0 + ($1 ?? 0) }
        }
        #expect(try await experiment.digests() == calm)
        #expect(finished == wanted)
        print("\(finished) workers killed at random moments, all digests equal")
    }

    private static func killWorkers(_ experiment: Experiment, _ address: String, _ wanted: Int) async throws -> Int {
        var stream = RandomStream(seed: 3, purpose: .jitter)
        let work = ["--coordinator", address, "--clients", "3", "--data", experiment.data]
        for kill in 1...wanted {
            let life = Duration.milliseconds(60 + 150 * stream.uniform())
            let (_, status) = try await Program.client.start(work) { worker in
                try await Task.sleep(for: life)
                worker.signal(SIGKILL)
                try await worker.gone()
            }
            guard status == .signaled(SIGKILL) else { return kill - 1 }
        }
        let last = try await Program.client.run(work)
        #expect(last.status == .exited(0), "\(last.errors)")
        return wanted
    }
}
