import Coordinator
import Federation
import RunStore
import Runs
import Simulation
import Testing
import Wire
import Workers

/// Runs over loopback whose clients keep to the pace of their devices, and come and go with them.
struct DeviceTests {
    private static let scenario = """
        rounds: 3
        clients: 4
        model: logistic
        partition: {rule: shards, shards_per_client: 2}
        train: {batch_size: 10, learning_rate: 0.1}
        """

    /// Carries a run through with workers of these.
    private func run(_ keys: String, workers: [Hello.Hosting] = [.share]) async throws -> (NetworkedRun, RunOutcome) {
        let run = try await NetworkedRun("\(Self.scenario)\n\(keys)")
        let outcome = try await run.run { run in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, hosting) in workers.enumerated() {
                    let worker = try await run.worker(hosting, name: "w\(index)")
                    group.addTask { _ = try await worker.run() }
                }
                try await group.waitForAll()
            }
        }
        return (run, outcome)
    }

    private func plainDigests() async throws -> [String] {
        let (run, outcome) = try await run("")
        #expect(outcome == .finished && run.digests.count == 3)
        return run.digests
    }

    @Test("Training and link take as long as the device says, and the model is the same", arguments: [1, 2])
    func pace(workers: Int) async throws {
        let (run, outcome) = try await run(
            """
            devices:
              - {clients: 0, samples_per_second: 500, latency: 20ms}
              - {clients: 1, samples_per_second: 2000, up: 1Mbit, down: 1Mbit, latency: 10ms}
              - {samples_per_second: 2000}
            """, workers: [Hello.Hosting](repeating: .share, count: workers))
        #expect(outcome == .finished)
        #expect(run.digests == (try await plainDigests()))
        for round in 1...3 {
            let rows = try await run.record(round: round)
            let examples = rows.map { Double($0.examples ?? 0) }
            for (client, rate) in [500.0, 2_000, 2_000, 2_000].enumerated() {
                // By the device's clock; to the microsecond, unless this machine is slower.
                #expect(try #require(rows[client].trainSeconds) >= examples[client] / rate - 1e-6)
                // Where one of a worker's clients needs a connection of its own, all have one.
                if client < 4 / workers {
                    #expect(rows[client].worker?.hasSuffix("/client \(client)") == true)
                }
            }
            // 31,400 bytes at a megabit; what has come of the last chunk is all that is measured here.
            #expect(try #require(rows[1].transferSeconds) > 0.1)
            let row = try #require(try await run.store.reader.round(of: run.identity, round: round))
            #expect(row.collectSeconds + row.selectSeconds >= examples[0] / 500 + 0.04)
            #expect(row.collectSeconds + row.selectSeconds >= examples[1] / 2_000 + 2 * (0.01 + 0.2512))
        }
    }

    @Test("Devices that vanish, are cut off and switched off come back, and the model is the same")
    func comingAndGoing() async throws {
        let (run, outcome) = try await run(
            """
            network: {round_deadline: 50s, absence_deadline: 40s, heartbeat: 200ms}
            devices:
              - {clients: 0, samples_per_second: 2000, training_failure: 0.7, back_after: 50ms}
              - {clients: 1, samples_per_second: 2000, upload_failure: 0.7, back_after: 50ms, up: 2Mbit}
              - {clients: 2, samples_per_second: 2000, loss: 0.7, up: 200kbit}
              - {clients: 3, samples_per_second: 2000, on_for: 300ms, off_for: 100ms}
            """)
        #expect(outcome == .finished)
        #expect(run.digests == (try await plainDigests()))
        var attempts = [0, 0, 0, 0]
        for round in 1...3 {
            for row in try await run.record(round: round) {
                #expect(row.status == .reported)
                attempts[Int(row.client.rawValue)] += row.attempt
            }
        }
        // The seed has it so: how often something goes wrong is the same each time.
        #expect(attempts[0] > 3 && attempts[1] > 3 && attempts[2] > 3, "\(attempts)")
        let events = try await run.events()
        #expect(events.contains { $0.kind == "worker_left" && $0.text.contains("switched off") })
        #expect(events.contains { $0.kind == "update_resumed" })
        // That is what the scenario wants, and no incident.
        #expect(!run.progress.contains { if case .incident = $0 { true } else { false } })
    }

    @Test("A device that vanishes for good is missing, one with too little memory fails, and a round waits for neither")
    func gone() async throws {
        let (run, outcome) = try await run(
            """
            minimum_updates: 1
            network: {round_deadline: 30s, absence_deadline: 100ms}
            devices:
              - {clients: 0, samples_per_second: 2000, training_failure: 1, back_after: never}
              - {clients: 1, samples_per_second: 2000, memory: 8KiB}
            """)
        #expect(outcome == .finished)
        for round in 1...3 {
            let rows = try await run.record(round: round)
            #expect(rows.map(\.reason) == ["disconnected", "failed", nil, nil])
            #expect(rows[1].detail?.contains("its 8KiB of memory are too few") == true)
        }
    }

    @Test("What the round does not wait for any more is not trained, and not sent to its end")
    func late() async throws {
        let (run, outcome) = try await run(
            """
            minimum_updates: 1
            network: {round_deadline: 300ms}
            devices:
              - {clients: 0, samples_per_second: 20}
              - {clients: 1, samples_per_second: 2000, up: 200kbit}
            """)
        #expect(outcome == .finished)
        for round in 1...3 {
            #expect(try await run.record(round: round).map(\.reason) == ["deadline", "deadline", nil, nil])
        }
    }
}
