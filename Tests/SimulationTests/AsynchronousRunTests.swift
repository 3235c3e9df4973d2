import Diagnostics
import Federation
import Foundation
import Parameters
import RunStore
import Runs
import Simulation
import TestSupport
import Testing

/// Runs whose clients do not wait for each other, in one process: in simulated time, and without.
@Suite struct AsynchronousRunTests {
    /// Six clients of very different speeds, two of which come and go and lose what they do at times.
    private static let devices = """
        minimum_updates: 1
        network: {absence_deadline: 4s, round_deadline: 60s}
        devices:
          - {clients: 0, samples_per_second: 40, spread: 0.2, up: 1Mbit, latency: 50ms}
          - {clients: 1, samples_per_second: 100, spread: 0.4, loss: 0.4, up: 64kbit}
          - {clients: 2..3, samples_per_second: 200, on_for: 6s, off_for: 3s, training_failure: 0.2, back_after: 2s}
          - {spread: 0.3, samples_per_second: 400, up: 1Mbit, upload_failure: 0.1, back_after: 1s}
        """

    static let strategies = [
        "strategy: {name: fedbuff, buffer: 3, concurrency: 4, maximum_staleness: 4}",
        "strategy: {name: fedasync, concurrency: 5, maximum_staleness: 8}",
        "strategy: {name: fedbuff, buffer: 2, concurrency: 3}\nround: {selection: oort}",
    ]

    private func simulated(_ strategy: String, rounds: Int = 24, more: String = "") async throws -> SimulatedRun {
        try await SimulatedRun(
            rounds: rounds, clients: "6", cohort: nil, [strategy, Self.devices, more].joined(separator: "\n"))
    }

    private func rows(_ run: SimulatedRun) async throws -> [[ClientRoundRecord]] {
        let recorded = try await run.recorded()
        return try await Array(1...recorded.summary.lastRound).asyncMap { number in
            try await recorded.round(number).clients
        }
    }

    @Test(
        "In simulated time a run is a function of the scenario, and its record can be replayed", arguments: strategies)
    func simulated(strategy: String) async throws {
        let one = try await simulated(strategy)
        #expect(try await one.run(threads: 1, virtual: VirtualClock(began: Date())) == .finished)
        let other = try await simulated(strategy)
        #expect(try await other.run(threads: 3, virtual: VirtualClock(began: Date())) == .finished)
        #expect(one.digests.count == 24 && one.digests == other.digests)
        let (rows, otherRows) = (try await rows(one), try await rows(other))
        #expect(rows.map { $0.map(\.staleness) } == otherRows.map { $0.map(\.staleness) })
        #expect(rows.map { $0.map(\.trainSeconds) } == otherRows.map { $0.map(\.trainSeconds) })

        // Some are behind, none too far; an update counts once; and who is lost is in the record with its reason.
        let reported = rows.flatMap { $0.filter { $0.status == .reported } }
        #expect(reported.contains { $0.staleness > 1 } && reported.contains { $0.staleness == 0 })
        let keys = rows.enumerated().flatMap { index, rows in
            rows.filter { $0.status == .reported }.map { "\($0.client) \(index + 1 - $0.staleness)" }
        }
        #expect(Set(keys).count == keys.count)
        #expect(rows.joined().contains { $0.attempt > 1 })
        #expect(rows.joined().allSatisfy { $0.reason != "disconnected" || $0.detail != nil })

        let recorded = try await one.recorded()
        let replay = try await Replay(of: recorded).all()
        #expect(replay.differences.isEmpty && replay.rounds == 24 && replay.unchecked == 0)
        #expect(replay.updates == reported.count)
        let middle = try await Replay(of: recorded).rounds([17])
        #expect(middle.differences.isEmpty && middle.rounds == 1)
    }

    @Test(
        "Stopped anywhere and gone on with, a run comes to the same models at the same times", arguments: strategies,
        1..<6)
    func resumed(strategy: String, rounds: Int) async throws {
        let whole = try await simulated(strategy, rounds: 40)
        try await whole.run(virtual: VirtualClock(began: Date()))
        let parted = try await simulated(strategy, rounds: 40)
        try await parted.run(rounds: rounds * 3, virtual: VirtualClock(began: Date()))
        for _ in 0..<2 {
            let first = try await parted.recorded().summary
            guard first.run.status != .finished else { break }
            #expect(first.lastRound >= rounds * 3)
            #expect(try await parted.resume(virtual: VirtualClock(resuming: first, in: parted.reader)) == .finished)
        }
        #expect(parted.digests.last == whole.digests.last)
        let found = try await [whole, parted].asyncMap { run in
            let identity = try await run.recorded().summary.run.identity
            let rounds = try await run.reader.rounds(of: identity)
            return (
                rounds.map(\.modelDigest), rounds.map(\.collectSeconds), try await run.reader.timeline(of: identity)
            )
        }
        #expect(found[0].0 == found[1].0 && found[0].0.count == 40)
        #expect(found[0].1 == found[1].1)
        #expect(found[0].2 == found[1].2 && found[0].2?.works?.isEmpty == false)
        #expect(try await Replay(of: parted.recorded()).all().differences.isEmpty)
    }

    @Test(
        "A record that says impossible things of who trains is refused, and nothing traps",
        arguments: [
            "'$.works[0].attempt', 0", "'$.works[0].round', 0", "'$.works[0].round', 4000000000",
            "'$.works[0].sent_bytes', -1", "'$.works[0].update_bytes', -9000000000000000000",
            "'$.works[0].training_ns', -1", "'$.works[0].client', 6",
            "'$.works[1].client', json_extract(state, '$.works[0].client')",
        ])
    func damaged(change: String) async throws {
        let run = try await simulated(Self.strategies[0], rounds: 40)
        try await run.run(rounds: 6, virtual: VirtualClock(began: Date()))
        let first = try await run.recorded().summary
        try run.tamper("UPDATE timelines SET state = json_set(state, \(change))")
        let problem = await #expect(throws: Problem.self) {
            try await run.resume(virtual: VirtualClock(resuming: first, in: run.reader))
        }
        #expect(problem?.kind == .data && problem?.remedy?.contains("backup") == true)
        #expect(try await run.recorded().summary.run.status == .stopped)
    }

    @Test("Without time clients train in turn: the same each time, and after a stop", arguments: strategies)
    func withoutTime(strategy: String) async throws {
        let runs = try await [1, 3].asyncMap { threads in
            let run = try await simulated(strategy, rounds: 30)
            #expect(try await run.run(threads: threads) == .finished)
            return run
        }
        #expect(runs[0].digests == runs[1].digests && runs[0].digests.count == 30)
        let parted = try await simulated(strategy, rounds: 30)
        try await parted.run(rounds: 5)
        #expect(try await parted.resume() == .finished)
        #expect(parted.digests.last == runs[0].digests.last)
        let reported = try await rows(runs[0]).flatMap { $0.filter { $0.status == .reported } }
        #expect(Set(reported.map(\.client)).count == 6)
        #expect(reported.contains { $0.staleness > 0 })
    }

    @Test("What has fallen too far behind does not count, and the record says so")
    func stale() async throws {
        let run = try await SimulatedRun(
            rounds: 12, clients: "4", cohort: nil,
            """
            strategy: {name: fedasync, concurrency: 4, maximum_staleness: 2}
            devices:
              - {clients: 0, samples_per_second: 5}
              - {samples_per_second: 500}
            """)
        #expect(try await run.run(virtual: VirtualClock(began: Date())) == .finished)
        let rows = try await rows(run)
        let stale = rows.joined().filter { $0.reason == "stale" }
        #expect(stale.allSatisfy { $0.client == ClientID(0) && $0.staleness == 3 } && !stale.isEmpty)
        #expect(!rows.joined().contains { $0.client == ClientID(0) && $0.status == .reported })
        #expect(rows.joined().filter { $0.status == .reported }.allSatisfy { $0.staleness <= 2 })
    }

    @Test("Updates that are kept are those of the models, whatever round they began with")
    func keptUpdates() async throws {
        let run = try await simulated(Self.strategies[0], rounds: 12, more: "keep_updates: true")
        #expect(try await run.run(virtual: VirtualClock(began: Date())) == .finished)
        let recorded = try await run.recorded()
        for number in 1...12 {
            let round = try await recorded.round(number)
            let kept = try await run.reader.keptUpdates(of: recorded.summary.run.identity, round: number)
            #expect(kept == Set(round.reported.map(\.client)))
        }
        let asked = try WhatIf(recorded, without: [])
        let same = try await asked.round(9)
        #expect(same.model.digest == same.recorded.modelDigest)
        #expect(same.read == same.recorded.clientsReported && same.trained == 0)
        let row = try await recorded.round(9).reported[0]
        if same.recorded.clientsReported > 1 {
            let without = try await WhatIf(recorded, without: [row.client]).round(9)
            #expect(without.model.digest != same.recorded.modelDigest)
        }
    }

    @Test("A branch goes on from a model with all clients anew")
    func branch() async throws {
        let run = try await simulated(Self.strategies[0], rounds: 12)
        try await run.run(virtual: VirtualClock(began: Date()))
        let base = try await WhatIf(try await run.recorded(), without: [ClientID(5)]).branch(from: 7)
        #expect(try await run.run(base: base, virtual: VirtualClock(began: Date())) == .finished)
        let branch = try await run.recorded()
        #expect(branch.summary.firstRound == 7 && branch.summary.lastRound == 12)
        let rows = try await Array(7...12).asyncMap { try await branch.round($0).clients }
        #expect(!rows.joined().contains { $0.client == ClientID(5) && $0.status == .reported })
        #expect(rows.joined().contains { $0.reason == "excluded" })
        #expect(try await Replay(of: branch).all().differences.isEmpty)
    }

    @Test("Only one strategy of the same kind can take another's place")
    func otherKind() async throws {
        let run = try await simulated(Self.strategies[1], rounds: 3)
        try await run.run(virtual: VirtualClock(began: Date()))
        let recorded = try await run.recorded()
        #expect(throws: (any Error).self) { try WhatIf(recorded, without: [], strategy: .fedavg) }
    }
}
