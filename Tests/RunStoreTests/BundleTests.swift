import Diagnostics
import Federation
import Foundation
import GRDB
import RunStore
import TestSupport
import Testing

@Suite struct BundleTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var bundle: String { folder.path("result.fedrun") }

    @Test("A bundle is a record of one run, without what names people and machines")
    func oneRun() async throws {
        let (store, first) = try await Samples.store(
            at: folder.path("fed.sqlite"), rounds: 5, retention: Retention(modelStride: 2))
        // Another run beside it, and what has not been checkpointed yet.
        let other = try await store.beginRun(Samples.run(), initialModel: Samples.model(0), at: Samples.start)
        try await store.commit(Samples.round(1), clients: Samples.clients(1), model: Samples.model(1), of: other)
        let attacks = [
            AttackRecord(place: 1, kind: "backdoor", clients: 2, success: 0.75),
            AttackRecord(place: 2, kind: "scaling", clients: 0),
        ]
        var hostile = Samples.clients(6)
        hostile[1].behaviours = "backdoor,scaling"
        try await store.commit(
            Samples.round(6), clients: hostile, attacks: attacks, model: Samples.model(6),
            retention: Retention(modelStride: 2), of: first)
        try await store.record(EventRecord(at: Samples.start, peer: "10.0.0.7:1", kind: "joined", text: "x"), of: first)
        try await store.reader.writeBundle(of: first, to: bundle)

        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path()).filter { $0.hasPrefix("result") }
                == ["result.fedrun"])
        let reader = try RunReader(path: bundle)
        #expect(try await reader.runs().count == 1)
        let summary = try await reader.run(.latest)
        #expect(summary.run.identity == first)
        #expect(summary.run.details.scenario == Samples.run().scenario)
        #expect(summary.run.details.dataSource == summary.run.details.dataKind)
        #expect(try await reader.rounds(of: first) == (1...6).map(Samples.round))
        for round in 1...5 {
            let clients = Samples.clients(round).map { client in
                var client = client
                client.worker = nil
                client.detail = nil
                return client
            }
            #expect(try await reader.clientRounds(of: first, round: round) == clients)
        }
        #expect(try await reader.clientRounds(of: first, round: 6).map(\.behaviours) == [nil, "backdoor,scaling", nil])
        #expect(try await reader.attacks(of: first, round: 6) == attacks)
        #expect(try await reader.attacks(of: first) == attacks.map { RoundAttack(round: 6, attack: $0) })
        #expect(try await reader.keptModels(of: first) == [0, 2, 4, 6])
        #expect(try await reader.latestModel(of: first).parameters == Samples.model(6))
        #expect(try await reader.events(of: first).isEmpty)
        let bytes = try Data(contentsOf: URL(filePath: bundle))
        #expect(
            bytes.firstRange(of: Data("worker-1".utf8)) == nil && bytes.firstRange(of: Data("/data/mnist".utf8)) == nil)
    }

    @Test("A small bundle has the first and the latest model; a bundle replaces the file that was there")
    func small() async throws {
        let (store, run) = try await Samples.store(
            at: folder.path("fed.sqlite"), rounds: 4, retention: Retention(modelStride: 1))
        try await store.reader.writeBundle(of: run, to: bundle)
        #expect(try await RunReader(path: bundle).keptModels(of: run) == [0, 1, 2, 3, 4])
        try await store.reader.writeBundle(of: run, to: bundle, models: .firstAndLatest)
        #expect(try await RunReader(path: bundle).keptModels(of: run) == [0, 4])
    }

    @Test("Where it cannot be written nothing is left")
    func unwritable() async throws {
        let (store, run) = try await Samples.store(at: folder.path("fed.sqlite"), rounds: 1)
        await #expect(throws: Problem.self) {
            try await store.reader.writeBundle(of: run, to: folder.path("no/such/result.fedrun"))
        }
        try FileManager.default.createDirectory(atPath: bundle + "/x", withIntermediateDirectories: true)
        let problem = await #expect(throws: Problem.self) { try await store.reader.writeBundle(of: run, to: bundle) }
        #expect(problem?.place == bundle)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path()).allSatisfy {
                !$0.hasSuffix(".partial")
            })
    }
}
