import Federation
import Foundation
import Parameters
import RunStore
import Runs
import Scenarios
import Simulation
import Testing

/// Runs that go by what is known of clients from the rounds before: who is selected, how long a round may take.
@Suite struct GuidedRunTests {
    private static let devices = """
        minimum_updates: 1
        devices:
          - {clients: 0..1, samples_per_second: 40, spread: 0.3}
          - {samples_per_second: 400, spread: 0.3}
        """

    static let rounds = [
        "round: {selection: power_of_choice}", "round: {selection: oort, exploration: 0.5}",
        "round: {deadline: quantile, deadline_quantile: 0.6}",
        "round: {selection: oort, deadline: quantile, deadline_quantile: 0.7, deadline_slack: 1.2, over_selection: 0.5}",
        "round: {deadline: step, deadline_decay: 0.5, deadline_every: 2, deadline_least: 500ms}\nnetwork: {round_deadline: 2s, absence_deadline: 1s}",
    ]

    private func run(_ keys: String, rounds: Int = 16) async throws -> SimulatedRun {
        try await SimulatedRun(rounds: rounds, clients: "8", cohort: 3, "\(keys)\n\(Self.devices)")
    }

    @Test("A run is a function of the scenario, also where it was stopped and gone on with", arguments: rounds)
    func resumed(keys: String) async throws {
        let whole = try await run(keys)
        #expect(try await whole.run(threads: 1, virtual: VirtualClock(began: Date())) == .finished)
        let rows = try await whole.reader.rounds(of: whole.recorded().summary.run.identity)
        for stop in [2, 5] {
            let parted = try await run(keys)
            try await parted.run(rounds: stop, virtual: VirtualClock(began: Date()))
            let first = try await parted.recorded().summary
            #expect(try await parted.resume(virtual: VirtualClock(resuming: first, in: parted.reader)) == .finished)
            let other = try await parted.reader.rounds(of: first.run.identity)
            #expect(other.map(\.modelDigest) == rows.map(\.modelDigest))
            #expect(other.map(\.collectSeconds) == rows.map(\.collectSeconds))
            #expect(try await Replay(of: parted.recorded()).all().agrees)
        }
    }

    @Test("A quantile keeps rounds from waiting for the slowest, whose time is known then")
    func quantile() async throws {
        let guided = try await run("round: {deadline: quantile, deadline_quantile: 0.5}")
        try await guided.run(virtual: VirtualClock(began: Date()))
        let patient = try await run("")
        try await patient.run(virtual: VirtualClock(began: Date()))
        let seconds = try await [guided, patient].asyncMap { run in
            let identity = try await run.recorded().summary.run.identity
            return try await run.reader.rounds(of: identity).reduce(0) { $0 + $1.collectSeconds }
        }
        #expect(seconds[0] < seconds[1])
        let identity = try await guided.recorded().summary.run.identity
        let late = try await Array(1...16).asyncMap { try await guided.reader.clientRounds(of: identity, round: $0) }
            .joined().filter { $0.reason == "deadline" }
        #expect(!late.isEmpty && late.contains { $0.client.rawValue < 2 })
        #expect(late.allSatisfy { $0.seconds != nil && $0.detail?.contains("no update of attempt 1 within") == true })
    }

    @Test("The record says how long each client took, from its invitation to its update")
    func seconds() async throws {
        let run = try await run("", rounds: 4)
        try await run.run(virtual: VirtualClock(began: Date()))
        let identity = try await run.recorded().summary.run.identity
        for round in 1...4 {
            for row in try await run.reader.clientRounds(of: identity, round: round) {
                let (train, transfer) = (try #require(row.trainSeconds), try #require(row.transferSeconds))
                #expect(abs(try #require(row.seconds) - train - transfer) < 1e-5)
            }
        }
        let known = try await run.reader.experiences(of: identity)
        for (client, experience) in known {
            let rows = try await Array(1...4).asyncMap { try await run.reader.clientRounds(of: identity, round: $0) }
            let last = rows.enumerated().compactMap { index, rows in
                rows.first { $0.client == client }.map { (index + 1, $0) }
            }.last
            #expect(experience == last.map { Experience(round: UInt32($0.0), loss: $0.1.loss, seconds: $0.1.seconds) })
        }
        #expect(!known.isEmpty)
    }
}
