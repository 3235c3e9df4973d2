import Datasets
import Diagnostics
import Federation
import Foundation
import Learning
import RunStore
import Runs
import Simulation
import Testing

/// Runs whose devices and links are simulated.
@Suite struct SimulatedTimeTests {
    /// Clients 0 and 1 train 100 examples a second and have a slow link, the others 1,000.
    private static let devices = """
        devices:
          - {clients: [0, 1], speed: 0.1, up: 100kbit, down: 1Mbit, latency: 20ms}
        """

    @Test("Where no deadline cuts anyone off, the models are those without time, and the times those of the devices")
    func times() async throws {
        let plain = try await SimulatedRun("keep_client_rounds: all")
        try await plain.run()
        let run = try await SimulatedRun(Self.devices)
        let clock = VirtualClock(began: Date())
        try await run.run(virtual: clock)
        #expect(run.digests == plain.digests)
        let recorded = try await run.recorded()
        #expect(recorded.summary.run.details.clock == .virtual)
        var elapsed = Duration.zero
        for number in 1...4 {
            let round = try await recorded.round(number)
            var longest = 0.0
            for client in round.reported {
                let isSlow = client.client.rawValue < 2
                let training = Double(try #require(client.examples)) / (isSlow ? 100 : 1_000)
                // 7,850 parameters of four bytes, each way.
                let (down, up) = isSlow ? (0.02 + 31_400 * 8 / 1e6, 0.02 + 31_400 * 8 / 1e5) : (0, 0)
                #expect(abs(try #require(client.trainSeconds) - training) < 1e-6)
                #expect(abs(try #require(client.transferSeconds) - up) < 1e-6)
                longest = max(longest, down + training + up)
            }
            #expect(abs(round.row.collectSeconds - longest) < 1e-6)
            #expect(round.row.aggregateSeconds == 0 && round.row.evaluateSeconds == 0)
            elapsed += .seconds(longest)
        }
        #expect(abs((clock.elapsed - elapsed) / .seconds(1)) < 1e-5)
        #expect(try await Replay(of: recorded).all().agrees)
    }

    @Test("A deadline leaves out who is late by the devices' time, the same each time, and a replay follows it")
    func deadline() async throws {
        var digests: [[String]] = []
        for threads in [1, 3] {
            let run = try await SimulatedRun(
                rounds: 6, "minimum_updates: 1\nnetwork: {round_deadline: 3s}\n\(Self.devices)")
            try await run.run(threads: threads, virtual: VirtualClock(began: Date()))
            digests.append(run.digests)
            let recorded = try await run.recorded()
            var late = 0
            for number in 1...6 {
                let round = try await recorded.round(number)
                for client in round.clients {
                    #expect((client.status == .failed) == (client.client.rawValue < 2))
                    if client.status == .failed {
                        late += 1
                        #expect(client.reason == "deadline")
                    }
                }
                #expect(round.row.collectSeconds == (round.row.clientsFailed == 0 ? round.row.collectSeconds : 3))
            }
            #expect(late >= 6)
            #expect(try await Replay(of: recorded).all().agrees)
        }
        #expect(digests[0] == digests[1] && digests[0].count == 6)
    }

    @Test("An update that comes with the deadline is in time")
    func justInTime() async throws {
        let count = try await SimulatedRun().context.partition.count(of: 0)
        for (deadline, updates) in [(count * 10, 4), (count * 10 - 1, 0)] {
            let run = try await SimulatedRun(
                rounds: 1,
                "minimum_updates: 1\nnetwork: {round_deadline: \(deadline)ms}\ndevices: [{samples_per_second: 100}]")
            #expect(run.context.partition.count(of: 4) == count)
            let outcome = try await run.run(virtual: VirtualClock(began: Date()))
            #expect((outcome == .finished) == (updates == 4))
            #expect(try await run.reader.rounds(of: try await run.recorded().summary.run.identity).count == updates / 4)
        }
    }

    @Test(
        "More clients are asked than are needed: the first count, by the devices' time, and a replay follows the record"
    )
    func overSelection() async throws {
        var digests: [[String]] = []
        for threads in [1, 3] {
            let run = try await SimulatedRun("round: {over_selection: 0.25}\n\(Self.devices)")
            try await run.run(threads: threads, virtual: VirtualClock(began: Date()))
            digests.append(run.digests)
            let recorded = try await run.recorded()
            for number in 1...4 {
                let round = try await recorded.round(number)
                #expect(round.clients.map(\.client.rawValue) == [0, 1, 2, 3, 4])
                // Of the two that are slow, the first by its id.
                #expect(round.reported.map(\.client.rawValue) == [0, 2, 3, 4])
                #expect(round.clients[1].reason == "surplus")
            }
            #expect(try await Replay(of: recorded).all().agrees)
        }
        #expect(digests[0] == digests[1])
        // Without time, the order of the ids decides.
        for threads in [1, 3] {
            let run = try await SimulatedRun("round: {over_selection: 0.25}")
            try await run.run(threads: threads)
            let round = try await run.recorded().round(2)
            #expect(round.reported.map(\.client.rawValue) == [0, 1, 2, 3])
            #expect(try #require(round.reported.first?.trainSeconds) > 0)
        }
    }

    @Test("Which classes are heard follows from who is, and how well the model knows them from the test examples")
    func classes() async throws {
        let run = try await SimulatedRun(
            rounds: 3, "minimum_updates: 1\nnetwork: {round_deadline: 3s}\n\(Self.devices)")
        try await run.run(virtual: VirtualClock(began: Date()))
        let recorded = try await run.recorded()
        let participation = try await run.reader.participation(of: recorded.summary.run)
        #expect(participation.clients[0].counted == 0 && participation.clients[0].failures.keys.contains("deadline"))
        let classes = try await recorded.classes(participation)
        let labels = run.context.dataset.train.labels
        var counts = [Double](repeating: 0, count: 10)
        for client in 0..<5 {
            for index in run.context.partition.indices(of: client) {
                counts[Int(labels[Int(index)])] += Double(participation.clients[client].counted)
            }
        }
        let sum = counts.reduce(0, +)
        var correct = 0.0
        for found in classes {
            #expect(abs(try #require(found.counted) - counts[found.label] / sum) < 1e-12)
            let all = labels.count { Int($0) == found.label }
            #expect(abs(found.dealt - Double(all) / Double(labels.count)) < 1e-12)
            let test = run.context.dataset.test.labels.count { Int($0) == found.label }
            correct += (try #require(found.accuracy) * Double(test)).rounded()
        }
        let accuracy = try #require(recorded.summary.testAccuracy)
        #expect(abs(correct / Double(run.context.dataset.test.count) - accuracy) < 1e-9)
    }

    @Test("Stopped and gone on with, a run comes to the same models in the same time")
    func resumed() async throws {
        let keys = "minimum_updates: 1\nnetwork: {round_deadline: 3s}\nstrategy: scaffold\n\(Self.devices)"
        let whole = try await SimulatedRun(rounds: 6, keys)
        try await whole.run(virtual: VirtualClock(began: Date()))
        let parted = try await SimulatedRun(rounds: 6, keys)
        try await parted.run(rounds: 2, virtual: VirtualClock(began: Date()))
        let first = try await parted.recorded().summary
        #expect(first.roundsCommitted < 6)
        let clock = try await VirtualClock(resuming: first, in: parted.reader)
        #expect(try await parted.resume(virtual: clock) == .finished)
        #expect(try await parted.recorded().summary.modelDigest == (try await whole.recorded().summary.modelDigest))
        let times = try await [whole, parted].asyncMap { run in
            try await run.reader.rounds(of: try await run.recorded().summary.run.identity).map(\.collectSeconds)
        }
        #expect(times[0] == times[1])
    }
}
