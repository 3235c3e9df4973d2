import Diagnostics
import Federation
import Foundation
import GRDB
import Parameters
import Randomness
import RunStore
import TestSupport
import Testing

/// A round is in the record whole or not at all.
@Suite struct TransactionTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("fed.sqlite")
    }

    /// Every round that is there has all that belongs to it.
    private func expectWhole(_ reader: RunReader, _ run: RunIdentity, rounds: ClosedRange<Int>) async throws -> Int {
        let recorded = try await reader.rounds(of: run)
        let count = recorded.count
        #expect(rounds.contains(count))
        #expect(recorded.map(\.round) == Array(1..<(count + 1)))
        for round in recorded {
            #expect(try await reader.clientRounds(of: run, round: round.round) == Samples.clients(round.round))
        }
        let latest = try await reader.latestModel(of: run, layout: Samples.layout)
        #expect(latest.round == count)
        #expect(latest.parameters == Samples.model(count))
        return count
    }

    @Test("One client's row that is refused takes the whole round with it") func atomic() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 2)
        var clients = Samples.clients(3)
        clients[1].accuracy = 1.5
        await #expect(throws: Problem.self) {
            try await store.commit(Samples.round(3), clients: clients, model: Samples.model(3), of: run)
        }
        clients = Samples.clients(3)
        clients[1].client = clients[0].client
        await #expect(throws: Problem.self) {
            try await store.commit(Samples.round(3), clients: clients, model: Samples.model(3), of: run)
        }
        #expect(try await expectWhole(store.reader, run, rounds: 2...2) == 2)
        #expect(try await store.reader.clientRounds(of: run, round: 3).isEmpty)
        try await store.commit(Samples.round(3), clients: Samples.clients(3), model: Samples.model(3), of: run)
        #expect(try await expectWhole(store.reader, run, rounds: 3...3) == 3)
    }

    @Test("Rounds come one after the other, with their own model and clients") func order() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 2)
        for number in [1, 2, 4] {
            await #expect(throws: Problem.self) {
                try await store.commit(
                    Samples.round(number), clients: Samples.clients(number), model: Samples.model(number), of: run)
            }
        }
        await #expect(throws: Problem.self) {
            try await store.commit(Samples.round(3), clients: Samples.clients(3), model: Samples.model(2), of: run)
        }
        await #expect(throws: Problem.self) {
            try await store.commit(
                Samples.round(3), clients: Samples.clients(3).dropLast(), model: Samples.model(3), of: run)
        }
        let stranger = RunIdentity(number: 9, ulid: run.ulid)
        await #expect(throws: Problem.self) {
            try await store.commit(Samples.round(1), clients: Samples.clients(1), model: Samples.model(1), of: stranger)
        }
        await #expect(throws: Problem.self) {
            try await store.finish(stranger, status: .finished, message: nil, at: Samples.start)
        }
        _ = try await expectWhole(store.reader, run, rounds: 2...2)
    }

    @Test("A writer that dies in a transaction leaves whole rounds") func killed() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 2)
        let copy = folder.path("copy.sqlite")
        // A cache this small makes SQLite write pages of the unfinished transaction to the file.
        var configuration = Configuration()
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA cache_size = 1; PRAGMA cache_spill = 1") }
        let writer = try DatabaseQueue(path: path, configuration: configuration)
        try await writer.writeWithoutTransaction { [path] db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            try db.execute(
                sql: "INSERT INTO rounds SELECT run_id, 3, test_accuracy, test_loss, model_digest, "
                    + "clients_selected, clients_reported, clients_failed, train_loss, train_accuracy, examples, "
                    + "bytes_sent, bytes_received, select_seconds, collect_seconds, aggregate_seconds, evaluate_seconds, "
                    + "started_at, committed_at, population, own_data_clients, state_digest, validation_accuracy, validation_loss, "
                    + "test_classes "
                    + "FROM rounds WHERE round = 2"
            )
            try db.execute(sql: "UPDATE models SET parameters = NULL WHERE round = 2")
            try db.execute(
                sql: "INSERT INTO models SELECT run_id, 3, digest, zeroblob(400000), layout FROM models WHERE round = 2"
            )
            // What a process that is killed now leaves behind.
            for end in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + end, toPath: copy + end)
            }
            try db.execute(sql: "ROLLBACK")
        }
        let wal = try #require(FileManager.default.attributesOfItem(atPath: copy + "-wal")[.size] as? Int)
        #expect(wal > 400_000, "the unfinished transaction has to be in the file, or this shows nothing")
        let reopened = try RunStore(path: copy)
        _ = try await expectWhole(reopened.reader, run, rounds: 2...2)
        try await reopened.commit(Samples.round(3), clients: Samples.clients(3), model: Samples.model(3), of: run)
        _ = try await expectWhole(reopened.reader, run, rounds: 3...3)
        try store.close()
    }

    @Test("A log that ends anywhere holds whole rounds") func torn() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 0)
        // With everything so far in the main file, the log holds rounds only.
        try store.close()
        let writer = try RunStore(path: path)
        for number in 1...6 {
            try await writer.commit(
                Samples.round(number), clients: Samples.clients(number), model: Samples.model(number), of: run)
        }
        let main = try Data(contentsOf: URL(filePath: path))
        let log = try Data(contentsOf: URL(filePath: path + "-wal"))
        var random = RandomStream(seed: 7, purpose: .jitter)
        var seen = Set<Int>()
        for cut in [0, 31, log.count] + (0..<60).map({ _ in random.below(log.count) }) {
            let copy = folder.path("cut-\(cut).sqlite")
            try main.write(to: URL(filePath: copy))
            try log.prefix(cut).write(to: URL(filePath: copy + "-wal"))
            seen.insert(try await expectWhole(try RunReader(path: copy), run, rounds: 0...6))
        }
        #expect(seen.count >= 5, "cuts have to fall between rounds as well as in them")
        #expect(seen.contains(0) && seen.contains(6))
        try writer.close()
    }

    @Test("Readers see whole rounds while they are written") func readers() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    let reader = try RunReader(path: path)
                    var last = 0
                    while last < 100 {
                        let rounds = try await reader.rounds(of: run)
                        #expect(rounds.count >= last)
                        #expect(rounds.map(\.round) == Array(1..<(rounds.count + 1)))
                        if let round = rounds.last {
                            let clients = try await reader.clientRounds(of: run, round: round.round)
                            #expect(clients == Samples.clients(round.round))
                        }
                        last = rounds.count
                    }
                }
            }
            for number in 1...100 {
                try await store.commit(
                    Samples.round(number), clients: Samples.clients(number), model: Samples.model(number), of: run)
            }
            try await group.waitForAll()
        }
    }

    @Test("What was asked for is written even if the asking task is cancelled") func cancelled() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 1)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await store.commit(Samples.round(2), clients: Samples.clients(2), model: Samples.model(2), of: run)
            try await store.finish(run, status: .stopped, message: "SIGTERM", at: Samples.start + 5)
        }
        try await task.value
        let summary = try await store.reader.run(.latest)
        #expect(summary.roundsCommitted == 2)
        #expect(summary.run.status == .stopped)
        #expect(summary.run.message == "SIGTERM")
    }

    @Test("A second coordinator on the same database is refused until the first has closed it")
    func twoWriters() async throws {
        let first = try RunStore(path: path)
        let problem = try #require(throws: Problem.self) { try RunStore(path: path) }
        #expect(problem.kind == .unavailable && problem.place == path && problem.what.contains("another coordinator"))
        // Those that read are welcome.
        #expect(try await RunReader(path: path).runs().isEmpty)
        try first.close()
        let second = try RunStore(path: path)
        try second.close()
        #expect(!FileManager.default.fileExists(atPath: path + "-lock"))
    }

    @Test("Runs of one coordinator each keep their own rounds, also when they are written at once")
    func twoRuns() async throws {
        let store = try RunStore(path: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    let run = try await store.beginRun(
                        Samples.run(), initialModel: Samples.model(0), at: Samples.start)
                    for number in 1...30 {
                        try await store.commit(
                            Samples.round(number), clients: Samples.clients(number), model: Samples.model(number),
                            of: run)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.reader.runs().map(\.roundsCommitted) == [30, 30])
    }

    @Test("A run that did not end is taken up where its record is; one that is finished is not")
    func resumed() async throws {
        let (store, run) = try await Samples.store(at: path, rounds: 2)
        try await store.finish(run, status: .stopped, message: "x", at: Samples.start)
        try await store.resume(run)
        let summary = try await store.reader.run(.latest)
        #expect(summary.run.status == .running && summary.run.message == nil && summary.run.finishedAt == nil)
        try await store.commit(Samples.round(3), clients: Samples.clients(3), model: Samples.model(3), of: run)
        try await store.finish(run, status: .finished, message: nil, at: Samples.start)
        await #expect(throws: Problem.self) { try await store.resume(run) }
    }
}
