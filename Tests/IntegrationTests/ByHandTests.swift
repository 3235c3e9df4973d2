import Foundation
import RunStore
import Subprocess
import TestSupport
import Testing

/// A coordinator and workers started one by one, as in as many terminals.
struct ByHandTests {
    /// Starts a coordinator and hands its address on.
    private func coordinate<Result: Sendable>(
        _ experiment: Experiment, _ body: @escaping @Sendable (Running, String) async throws -> Result
    ) async throws -> (result: Result, status: TerminationStatus) {
        try await Program.coordinator.start([
            "--scenario", experiment.scenario, "--listen", "127.0.0.1:0", "--database", experiment.database, "--data",
            experiment.data,
        ]) { coordinator in
            let line = try await coordinator.line(containing: "listening on ")
            let address = line.split(separator: "listening on ")[1].prefix { $0 != "," }
            return try await body(coordinator, String(address))
        }
    }

    private func arguments(_ address: String, _ experiment: Experiment, _ more: String...) -> [String] {
        ["--coordinator", address, "--data", experiment.data, "--threads", "1"] + more
    }

    private func calmDigests(of experiment: Experiment) async throws -> [String] {
        let finished = try await Program.fed.run([
            "run", experiment.scenario, "--data", experiment.data, "--database", experiment.database,
        ])
        #expect(finished.status == .exited(0), "\(finished.errors)")
        return try await experiment.digests()
    }

    @Test("Three workers by hand give what `fed run` gives", .timeLimit(.minutes(2)))
    func threeWorkers() async throws {
        let experiment = try await Experiment()
        let calm = try await calmDigests(of: experiment)
        let (_, status) = try await coordinate(experiment) { coordinator, address in
            async let first = Program.client.run(arguments(address, experiment, "--clients", "2"))
            async let second = Program.client.run(arguments(address, experiment, "--client-id", "5"))
            async let third = Program.client.run(arguments(address, experiment, "--clients", "3"))
            for finished in try await [first, second, third] {
                #expect(finished.status == .exited(0), "\(finished.errors)")
            }
            try await coordinator.line(containing: "finished: 3 rounds")
            try await coordinator.gone()
        }
        #expect(status == .exited(0))
        #expect(try await experiment.digests() == calm)
    }

    @Test("A worker with several connections is several workers to the coordinator", .timeLimit(.minutes(2)))
    func connections() async throws {
        let experiment = try await Experiment()
        let calm = try await calmDigests(of: experiment)
        let (_, status) = try await coordinate(experiment) { coordinator, address in
            async let three = Program.client.run(
                arguments(address, experiment, "--clients", "5", "--connections", "3", "--name", "many"))
            async let one = Program.client.run(arguments(address, experiment, "--clients", "1", "--name", "one"))
            for finished in try await [three, one] {
                #expect(finished.status == .exited(0), "\(finished.errors)")
            }
            try await coordinator.gone()
        }
        #expect(status == .exited(0))
        #expect(try await experiment.digests() == calm)
        let reader = try experiment.record
        let workers = try await reader.clientRounds(of: reader.run(.latest).run.identity, round: 1).compactMap(\.worker)
        #expect(Set(workers) == ["many/1", "many/2", "many/3", "one"])
    }

    @Test(
        "A worker whose connections would have no clients is wrong usage",
        arguments: [
            ["--clients", "2", "--connections", "3"], ["--client-id", "0", "--connections", "2"],
            ["--connections", "0"],
        ])
    func wrongConnections(arguments: [String]) async throws {
        let finished = try await Program.client.run(arguments)
        #expect(finished.status == .exited(64))
        #expect(finished.errors.contains("--connections") || finished.errors.contains("one connection"))
    }

    @Test("A worker killed in mid-round and started again comes back, and the record says so", .timeLimit(.minutes(2)))
    func killedWorker() async throws {
        let experiment = try await Experiment(rounds: 300)
        let calm = try await calmDigests(of: experiment)
        let (_, status) = try await coordinate(experiment) { coordinator, address in
            async let steady = Program.client.run(arguments(address, experiment, "--clients", "5"))
            _ = try await Program.client.start(arguments(address, experiment, "--client-id", "5")) { worker in
                try await coordinator.line(containing: "round 20:")
                // Stopped first: the round that waits for it cannot end before it is killed.
                worker.signal(SIGSTOP)
                worker.signal(SIGKILL)
                try await worker.gone()
            }
            let again = try await Program.client.run(arguments(address, experiment, "--client-id", "5"))
            #expect(again.status == .exited(0), "\(again.errors)")
            #expect(try await steady.status == .exited(0))
            try await coordinator.gone()
        }
        #expect(status == .exited(0))
        #expect(try await experiment.digests() == calm)
        let reader = try experiment.record
        let events = try await reader.events(of: try await reader.run(.latest).run.identity)
        // It may have been killed between two rounds, so that its leaving belongs to none and it is not invited again:
        // that it left and came back is certain.
        let kinds = events.map(\.kind)
        #expect(kinds.count { $0 == "worker_joined" } == 3, "\(events.map { "\($0.kind): \($0.text)" })")
        let left = try #require(kinds.firstIndex(of: "worker_left"))
        #expect(left < kinds.lastIndex(of: "worker_joined") ?? 0)
    }

    @Test("SIGTERM stops a coordinator in good order", .timeLimit(.minutes(2)))
    func terminated() async throws {
        let experiment = try await Experiment(rounds: 100_000)
        let (_, status) = try await coordinate(experiment) { coordinator, address in
            async let worker = Program.client.run(arguments(address, experiment, "--clients", "6"))
            try await coordinator.line(containing: "round 3:")
            coordinator.signal(SIGTERM)
            try await coordinator.line(containing: "stopped")
            #expect(try await worker.status == .exited(0))
            try await coordinator.gone()
        }
        #expect(status == .exited(0))
        let run = try await experiment.record.run(.latest)
        #expect(run.run.status == .stopped && run.roundsCommitted >= 3)
    }

    @Test("A client that has nothing but its own shard takes part like the others", .timeLimit(.minutes(2)))
    func ownShard() async throws {
        let experiment = try await Experiment()
        let calm = try await calmDigests(of: experiment)
        let shard = experiment.folder.path("shard")
        let written = try await Program.fed.run([
            "data", "shard", experiment.scenario, "--client", "4", "--data", experiment.data, "-o", shard,
        ])
        #expect(written.status == .exited(0), "\(written.errors)")
        let (_, status) = try await coordinate(experiment) { coordinator, address in
            let own = ["--coordinator", address, "--client-id", "4", "--data", shard]
            async let alone = Program.client.run(own)
            // The others take what is left once it is there.
            try await coordinator.line(containing: "1 of 6 clients have joined")
            async let others = Program.client.run(arguments(address, experiment))
            #expect(try await alone.status == .exited(0))
            #expect(try await others.status == .exited(0))
            try await coordinator.gone()
        }
        #expect(status == .exited(0))
        #expect(try await experiment.digests() == calm)
    }
}
