import Federation
import Foundation
import RunStore
import Runs
import Simulation
import Testing

/// Clients that are not always there, in simulated time.
@Suite struct ComingAndGoingTests {
    /// Two devices that are on and off, two that vanish and are cut off, one that is always there.
    private static let devices = """
        minimum_updates: 1
        network: {round_deadline: 60s, absence_deadline: 5s}
        devices:
          - {clients: "0,1", samples_per_second: 100, on_for: 8s, off_for: 4s, up: 200kbit}
          - {clients: "2,3", samples_per_second: 100, training_failure: 0.2, upload_failure: 0.2, loss: 0.4, back_after: 7s, up: 200kbit}
          - {samples_per_second: 100}
        """

    private func reasons(_ run: SimulatedRun, rounds: Int) async throws -> [String: Int] {
        let recorded = try await run.recorded()
        var found: [String: Int] = [:]
        for number in 1...rounds {
            for client in try await recorded.round(number).clients {
                found[
                    client.reason.map { "\($0): \(client.detail ?? "")" } ?? "attempt \(client.attempt)", default: 0] +=
                    1
            }
        }
        return found
    }

    @Test(
        "Devices come and go the same way each time; a replay follows the record", arguments: ["uniform", "available"])
    func same(selection: String) async throws {
        var found: [[String]] = []
        for threads in [1, 3] {
            let run = try await SimulatedRun(
                rounds: 12, "\(Self.devices)\nround: {selection: \(selection)}\nkeep_updates: true")
            #expect(try await run.run(threads: threads, virtual: VirtualClock(began: Date())) == .finished)
            let reasons = try await reasons(run, rounds: 12)
            found.append(run.digests + reasons.map { "\($0) \($1)" }.sorted())
            #expect(reasons.keys.contains("attempt 2"), "\(reasons)")
            if selection == "uniform" {
                #expect(reasons.keys.contains("disconnected: its device vanished"), "\(reasons)")
                #expect(reasons.keys.contains("disconnected: its device was off"), "\(reasons)")
            }
            #expect(try await Replay(of: run.recorded()).all().agrees)
            let events = try await run.reader.events(of: try await run.recorded().summary.run.identity)
            #expect(events.contains { $0.kind == "cut" } && events.contains { $0.kind == "vanished" })
        }
        #expect(found[0] == found[1])
    }

    @Test("Stopped anywhere and gone on with, a run comes to the same models at the same times", arguments: 1..<5)
    func resumed(rounds: Int) async throws {
        let whole = try await SimulatedRun(rounds: 24, Self.devices)
        try await whole.run(virtual: VirtualClock(began: Date()))
        let parted = try await SimulatedRun(rounds: 24, Self.devices)
        try await parted.run(rounds: rounds, virtual: VirtualClock(began: Date()))
        let first = try await parted.recorded().summary
        #expect(try await parted.resume(virtual: VirtualClock(resuming: first, in: parted.reader)) == .finished)
        #expect(Array(parted.digests.suffix(1)) == Array(whole.digests.suffix(1)))
        for run in [whole, parted] {
            let rounds = try await run.reader.rounds(of: try await run.recorded().summary.run.identity)
            #expect(rounds.count == 24)
        }
        let ends = try await [whole, parted].asyncMap { run in
            let summary = try await run.recorded().summary
            return try await run.reader.timeline(of: summary.run.identity)
        }
        #expect(ends[0] == ends[1] && ends[0] != nil)
    }

    @Test("One that vanishes for good is missing from then on; one that comes back trains again")
    func vanished() async throws {
        let run = try await SimulatedRun(
            rounds: 3, clients: "4",
            """
            minimum_updates: 1
            network: {absence_deadline: 5s}
            devices:
              - {clients: 0, training_failure: 1, back_after: never, samples_per_second: 100}
              - {clients: 1, memory: 8KiB, samples_per_second: 100}
              - {clients: 2, training_failure: 1, back_after: 2s, samples_per_second: 1000000}
              - {samples_per_second: 10000}
            """)
        try await run.run(virtual: VirtualClock(began: Date()))
        let recorded = try await run.recorded()
        for number in 1...3 {
            let clients = try await recorded.round(number).clients
            #expect(clients.map(\.reason) == ["disconnected", "failed", "deadline", nil] || number > 0)
            #expect(clients[0].detail == "its device vanished")
            #expect(clients[0].attempt == (number == 1 ? 1 : 0))
            #expect(clients[1].reason == "failed")
            #expect(clients[1].detail?.hasPrefix("its 8KiB of memory are too few: training takes ") == true)
            // It is back each time before it is given up, and vanishes again, until the round is over.
            #expect(clients[2].reason == "deadline" || clients[2].reason == "disconnected")
            #expect(clients[2].attempt > 100)
            #expect(clients[3].reason == nil)
        }
    }

    @Test("A connection that is cut costs the time to come back, not the training, nor what was sent")
    func cut() async throws {
        let keys = """
            minimum_updates: 4
            network: {round_deadline: 3600s}
            """
        let plain = try await SimulatedRun(rounds: 3, "\(keys)\ndevices: [{up: 10kbit}]")
        try await plain.run(virtual: VirtualClock(began: Date()))
        let cut = try await SimulatedRun(rounds: 3, "\(keys)\ndevices: [{up: 10kbit, loss: 0.9}]")
        try await cut.run(virtual: VirtualClock(began: Date()))
        #expect(cut.digests == plain.digests)
        for number in 1...3 {
            let (one, other) = (try await plain.recorded().round(number), try await cut.recorded().round(number))
            let attempts = other.reported.map { Double($0.attempt) }.max() ?? 0
            #expect(attempts > 3)
            // The longest of them takes a tenth of a second more for each attempt, and a byte is no more than a millisecond.
            let more = other.row.collectSeconds - one.row.collectSeconds
            #expect(more > 0 && more <= 0.1 * (attempts - 1) + 0.001 * attempts, "\(more) s, \(attempts) attempts")
        }
    }

    @Test("A run begins with as many clients as it is told are enough, and does not wait for those that are off")
    func startWith() async throws {
        let devices = """
            minimum_updates: 1
            start_time: 12:00
            devices:
              - {clients: "0,1", hours: "22:00-06:00", samples_per_second: 1000}
              - {samples_per_second: 1000}
            """
        let waits = try await SimulatedRun(rounds: 2, devices)
        #expect(
            try await waits.run(virtual: VirtualClock(began: Date())) == .tooFewClients(joined: 3, needed: 5))
        let begins = try await SimulatedRun(
            rounds: 2, clients: "{count: 5, start_with: 3}",
            "\(devices)\nround: {selection: available}\nnetwork: {join_deadline: 1s}")
        #expect(try await begins.run(virtual: VirtualClock(began: Date())) == .finished)
        for number in 1...2 {
            #expect(try await begins.recorded().round(number).reported.map(\.client.rawValue) == [2, 3, 4])
        }
        // At night all are.
        let night = try await SimulatedRun(rounds: 2, devices.replacing("12:00", with: "23:00"))
        #expect(try await night.run(virtual: VirtualClock(began: Date())) == .finished)
    }
}
