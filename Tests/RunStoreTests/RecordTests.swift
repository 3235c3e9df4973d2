import Diagnostics
import Federation
import Foundation
import Parameters
import RunStore
import TestSupport
import Testing

/// What is written comes back.
@Suite struct RecordTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("fed.sqlite")
    }

    @Test("Events that are recorded together keep their order") func manyEvents() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 1)
        try await store.record([], of: run)
        try await store.record(
            (0..<500).map { EventRecord(at: Samples.start, client: ClientID($0), kind: "left", text: "\($0)") }, of: run
        )
        let events = try await store.reader.events(of: run).filter { $0.kind == "left" }
        #expect(events.map(\.text) == (0..<500).map { "\($0)" })
    }

    @Test("A run with its rounds, clients and events") func roundTrip() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 3)
        let event = EventRecord(
            at: Samples.start, round: 2, client: ClientID(7), peer: "127.0.0.1:4242", kind: "left", text: "reset")
        try await store.record(event, of: run)
        try await store.record(EventRecord(at: Samples.start, kind: "listening", text: "port 4000"), of: nil)
        try await store.finish(run, status: .finished, message: nil, at: Samples.start + 10)

        for reader in [store.reader, try RunReader(path: path)] {
            let summary = try await reader.run(.latest)
            #expect(summary.run.details == Samples.run())
            #expect(summary.run.identity == run)
            #expect(summary.run.identity.number == 1)
            #expect(summary.run.startedAt == Samples.start)
            #expect(summary.run.finishedAt == Samples.start + 10)
            #expect(summary.run.status == .finished)
            #expect(summary.run.message == nil)
            #expect(summary.roundsCommitted == 3)
            #expect(summary.testAccuracy == Samples.round(3).testAccuracy)
            #expect(summary.bestTestAccuracy == Samples.round(3).testAccuracy)
            #expect(summary.bytesSent == 3000)
            #expect(summary.bytesReceived == 2700)
            #expect(summary.modelDigest == Samples.model(3).digest)
            #expect(summary.seconds == 10)
            let rounds = try await reader.rounds(of: run)
            #expect(rounds.map(\.round) == [1, 2, 3])
            for round in 1...3 {
                let recorded = rounds[round - 1]
                #expect(recorded.testLoss == Samples.round(round).testLoss)
                #expect(recorded.modelDigest == Samples.round(round).modelDigest)
                #expect(recorded.testClasses == Samples.classes(round))
                #expect(abs(recorded.committedAt.timeIntervalSince(Samples.round(round).committedAt)) < 0.001)
                #expect(try await reader.clientRounds(of: run, round: round) == Samples.clients(round))
            }
            #expect(try await reader.clientRounds(of: run, round: 4).isEmpty)
            #expect(try await reader.events(of: run) == [event])
            let failures = try await reader.failures(of: run)
            #expect(failures.map(\.reason) == ["deadline"])
            #expect(failures.map(\.count) == [3])
        }
    }

    @Test("Runs are found by number and by ULID, the latest first") func finding() async throws {
        let store = try RunStore(path: path)
        var runs: [RunIdentity] = []
        for day in 0..<3 {
            let start = Samples.start + Double(day) * 86_400
            runs.append(try await store.beginRun(Samples.run(), initialModel: Samples.model(0), at: start))
        }
        let reader = store.reader
        #expect(try await reader.runs().map(\.run.identity) == runs.reversed())
        #expect(try await reader.run(.number(2)).run.identity == runs[1])
        #expect(try await reader.run(.ulid(runs[0].ulid)).run.identity == runs[0])
        let summary = try await reader.run(.latest)
        #expect(summary.run.identity == runs[2])
        #expect(summary.roundsCommitted == 0)
        #expect(summary.testAccuracy == nil)
        #expect(summary.run.status == .running)
        #expect(summary.modelDigest == Samples.model(0).digest)
        await #expect(throws: Problem.self) { try await reader.run(.number(4)) }
    }

    @Test("A seed of any size comes back", arguments: [0, 1, UInt64(1) << 63, .max])
    func seeds(seed: UInt64) async throws {
        let store = try RunStore(path: path)
        _ = try await store.beginRun(Samples.run(seed: seed), initialModel: Samples.model(0), at: Samples.start)
        #expect(try await store.reader.run(.latest).run.details.seed == seed)
    }

    @Test("A loss that is no number is kept as none") func diverged() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 0)
        let sample = Samples.round(1)
        let round = RoundRecord(
            round: 1, testAccuracy: 0.1, testLoss: .nan, modelDigest: sample.modelDigest, clientsSelected: 1,
            clientsReported: 0, clientsFailed: 1, trainLoss: .infinity, trainAccuracy: nil, examples: 0, bytesSent: 0,
            bytesReceived: 0, selectSeconds: 0, collectSeconds: 0, aggregateSeconds: 0, evaluateSeconds: 0,
            startedAt: Samples.start, committedAt: Samples.start)
        let client = ClientRoundRecord(
            client: ClientID(0), attempt: 1, status: .failed, reason: "diverged", loss: -.infinity, accuracy: .nan)
        try await store.commit(round, clients: [client], model: Samples.model(1), of: run)
        #expect(try await store.reader.rounds(of: run) == [round])
        #expect(round.testLoss == nil)
        #expect(round.trainLoss == nil)
        #expect(try await store.reader.clientRounds(of: run, round: 1) == [client])
    }

    @Test("The first and the latest model are kept, of the others the digests") func retention() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 5)
        let reader = store.reader
        for round in [0, 5] {
            let model = try await reader.model(of: run, round: round, layout: Samples.layout)
            #expect(model.parameters == Samples.model(round))
            #expect(model.digest == Samples.model(round).digest)
        }
        for round in [1, 4, 6] {
            await #expect(throws: Problem.self) { try await reader.model(of: run, round: round) }
        }
        let latest = try await reader.latestModel(of: run)
        #expect(latest.round == 5)
        #expect(latest.parameters == Samples.model(5))
    }

    @Test("All models are kept where that is wanted") func retentionOfAll() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 4, retention: Retention(modelStride: 1))
        for round in 0...4 {
            #expect(try await store.reader.model(of: run, round: round).parameters == Samples.model(round))
        }
    }

    @Test("Of the models between, those that the stride divides are kept", arguments: [1, 2, 3, 5, 9])
    func retentionOfSome(stride: Int) async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 7, retention: Retention(modelStride: stride))
        let kept = (0...7).filter { $0 % stride == 0 || $0 == 7 }
        #expect(try await store.reader.keptModels(of: run) == kept)
        for round in kept {
            #expect(try await store.reader.model(of: run, round: round).parameters == Samples.model(round))
        }
        for round in 0...7 {
            let digest = try await store.reader.modelDigest(of: run, round: round)
            #expect(digest == (kept.contains(round) ? Samples.model(round).digest : nil))
            guard round > 0 else { continue }
            #expect(try await store.reader.round(of: run, round: round)?.modelDigest == Samples.model(round).digest)
        }
        let storage = try await store.reader.storage(of: run)
        #expect(storage.models == kept.count)
        #expect(storage.modelBytes == Int64(kept.count * Samples.layout.byteCount))
        #expect(storage.updates == 0 && storage.updateBytes == 0)
    }

    @Test("A model is not taken for another one's") func otherLayout() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 1)
        let other = ParameterLayout([("dense1.weight", [3, 2]), ("dense1.bias", [2])])
        await #expect(throws: Problem.self) { try await store.reader.latestModel(of: run, layout: other) }
    }

    @Test("A file with the latest model only does not grow with the rounds' parameters") func fileSize() async throws {
        let layout = ParameterLayout([("weight", [100_000])])
        var details = Samples.run()
        details.parameters = layout.count
        let store = try RunStore(path: path)
        let run = try await store.beginRun(
            details, initialModel: ParameterVector(zerosFor: layout), at: Samples.start)
        for number in 1...40 {
            let model = ParameterVector(layout: layout, values: Array(repeating: Float(number), count: layout.count))
            var round = Samples.round(number)
            round.modelDigest = model.digest
            try await store.commit(round, clients: Samples.clients(number), model: model, of: run)
        }
        try store.close()
        let size = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        // The initial model, the latest one and room for the one that replaces it are 1.2 MB; 41 models are 16 MB.
        #expect(size < 2_500_000)
        #expect(try await RunReader(path: path).latestModel(of: run).parameters.values.first == 40)
    }
}
