import Datasets
import Federation
import Foundation
import Learning
import RunStore
import Runs
import Simulation
import Testing

/// Who is left out of a run, and what it costs the classes that they hold.
@Suite struct FairnessTests {
    /// Clients 0 and 1 are too slow for the deadline, the third is as fast as the two that no rule names.
    private static let unfair = """
        minimum_updates: 1
        network: {round_deadline: 300ms}
        devices:
          - {clients: [0, 1], speed: 0.1}
          - {clients: 2, latency: 1ms}
        """

    private func run(_ keys: String) async throws -> (SimulatedRun, RecordedRun) {
        let run = try await SimulatedRun(rounds: 6, keys)
        #expect(try await run.run(virtual: VirtualClock(began: Date())) == .finished)
        return (run, try await run.recorded())
    }

    @Test("The record has for each round what its model makes of each class; versions before had it not")
    func recorded() async throws {
        let (run, recorded) = try await run("keep_models: all")
        let identity = recorded.summary.run.identity
        let test = run.context.dataset.test
        let trainer = Trainer(model: run.context.model)
        for round in try await run.reader.rounds(of: identity) {
            let model = try await run.reader.model(of: identity, round: round.round).parameters
            var expected = [ClassAccuracy](repeating: ClassAccuracy(), count: 10)
            for example in 0..<test.count {
                let found = trainer.evaluate(model, on: test, range: example..<example + 1)
                expected[Int(test.labels[example])] += ClassAccuracy(correct: found.correct, count: 1)
            }
            #expect(round.testClasses == expected)
            #expect(Double(expected.reduce(0) { $0 + $1.correct }) / Double(test.count) == round.testAccuracy)
        }
        let participation = try await recorded.participation()
        let classes = try await recorded.classes(participation)
        try run.tamper("UPDATE rounds SET test_classes = NULL")
        let old = try await run.recorded()
        #expect(try await old.classes(participation) == classes)
        #expect(try await Replay(of: old).all().agrees)
    }

    @Test("What a class has had is what the clients that were heard hold of it, against equally many updates of each")
    func classes() async throws {
        let (run, recorded) = try await run(Self.unfair)
        let participation = try await recorded.participation()
        #expect(participation.clients[0].counted == 0 && participation.clients[0].asked > 0)
        let found = try await recorded.classes(participation)
        let updates = Double(participation.clients.reduce(0) { $0 + $1.counted }) / 5
        let labels = run.context.dataset.train.labels
        for label in 0..<10 {
            var (held, seen) = (0, 0)
            for client in 0..<5 {
                let own = run.context.partition.indices(of: client).count { Int(labels[Int($0)]) == label }
                held += own
                seen += own * participation.clients[client].counted
            }
            let own = found[label]
            #expect(own.label == label && own.examples == seen && own.expected == Double(held) * updates)
            #expect(own.dealt == Double(held) / 300)
            #expect(own.participation == Double(seen) / (Double(held) * updates))
            #expect(own.counted == Double(seen) / Double(participation.clients.reduce(0) { $0 + $1.examples }))
        }
        #expect(found.contains { ($0.participation ?? 1) < 0.5 }, "nothing is left out, which shows nothing")
    }

    @Test("The clients of a device are summed; those without one come last")
    func devices() async throws {
        let (run, recorded) = try await run(Self.unfair)
        var participation = try await recorded.participation()
        let devices = participation.assign(devicesOf: run.context.scenario)
        let clients = participation.clients
        #expect(clients.map(\.device) == ["devices[1]", "devices[1]", "devices[2]", nil, nil])
        #expect(devices.map(\.device) == ["devices[1]", "devices[2]", "no device"])
        #expect(devices.map(\.settings) == ["speed 0.1", "latency 1ms", ""])
        #expect(devices.map(\.clients) == [2, 1, 2] && devices.map(\.clientShare) == [0.4, 0.2, 0.4])
        #expect(devices[0].asked == clients[0].asked + clients[1].asked)
        #expect(devices[0].counted == 0 && devices[0].failures == ["deadline": devices[0].asked])
        #expect(devices[2].counted == clients[3].counted + clients[4].counted && devices[2].failures.isEmpty)
        #expect(devices.reduce(0) { $0 + $1.asked } == 24)
        #expect(devices[0].updateShare == 0 && devices[0].exampleShare == 0)
        #expect(abs(devices.reduce(0) { $0 + ($1.updateShare ?? 0) } - 1) < 1e-12)
        #expect(devices.allSatisfy { $0.globalAccuracy == nil })
        // Without devices there is nothing to tell.
        let plain = try await SimulatedRun(rounds: 1)
        try await plain.run()
        var whole = try await plain.recorded().participation()
        #expect(whole.assign(devicesOf: plain.context.scenario).isEmpty)
        #expect(whole.clients.allSatisfy { $0.device == nil })
    }

    @Test("A device's accuracy is the mean over its clients on what they hold out")
    func heldOut() async throws {
        let run = try await SimulatedRun(
            rounds: 4, clients: "{count: 5, holdout: 0.2}", "devices: [{clients: [0, 1], speed: 0.5}]")
        try await run.run()
        let recorded = try await run.recorded()
        var participation = try await recorded.participation()
        let devices = participation.assign(devicesOf: run.context.scenario)
        for client in try await run.reader.latestEvaluations(of: recorded.summary.run.identity) {
            let found = participation.clients[Int(client.client.rawValue)].globalAccuracy
            #expect(found != nil && found == client.heldOut?.globalAccuracy)
        }
        for (device, clients) in zip(devices, [[0, 1], [2, 3, 4]]) {
            let found = clients.compactMap { participation.clients[$0].globalAccuracy }
            #expect(abs((device.globalAccuracy ?? .nan) - found.reduce(0, +) / Double(found.count)) < 1e-12)
        }
    }

    @Test("Rows that are no longer kept are made again")
    func thinned() async throws {
        let (_, whole) = try await run(Self.unfair)
        let (run, thinned) = try await run("keep_client_rounds: 1\n" + Self.unfair)
        let identity = thinned.summary.run.identity
        let reader = try run.reader
        #expect(try await reader.participation(of: thinned.summary.run).missingRows > 0)
        #expect(try await reader.rounds(of: identity).count == 6)
        var (expected, found) = (try await whole.participation(), try await thinned.participation())
        #expect(found.missingRows == 0)
        // Times are gone with the rows.
        for place in 0..<5 {
            expected.clients[place].trainSeconds = nil
            found.clients[place].trainSeconds = nil
        }
        #expect(found == expected)
    }
}
