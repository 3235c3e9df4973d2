import Federation
import Parameters
import RunStore
import TestSupport
import Testing

@Suite struct KeptUpdateTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Commits a round whose clients' updates are these models.
    private func commit(_ round: Int, _ updates: [Int: Int], _ store: RunStore, _ run: RunIdentity) async throws {
        let clients = Samples.clients(round).map { client in
            var client = client
            if let update = updates[Int(client.client.rawValue)] { client.updateDigest = Samples.model(update).digest }
            return client
        }
        try await store.commit(Samples.round(round), clients: clients, model: Samples.model(round), of: run)
    }

    private func keep(
        _ model: Int, client: UInt32, attempt: UInt32, round: UInt32 = 1, _ store: RunStore, _ run: RunIdentity
    ) async throws {
        try await store.keep(
            Samples.model(model), of: UpdateKey(round: round, client: ClientID(client), attempt: attempt), in: run)
    }

    @Test("The commit drops what is not part of the model: other attempts, clients that failed")
    func dropped() async throws {
        let (store, run) = try await Samples.store(at: folder.path("fed.sqlite"), rounds: 0)
        try await keep(11, client: 1, attempt: 1, store, run)
        try await keep(40, client: 4, attempt: 1, store, run)
        try await keep(42, client: 4, attempt: 2, store, run)
        try await keep(43, client: 4, attempt: 3, store, run)
        try await keep(70, client: 7, attempt: 1, store, run)
        #expect(try await store.reader.storage(of: run).updates == 5)
        try await commit(1, [1: 11, 4: 42], store, run)
        #expect(try await store.reader.storage(of: run).updates == 2)
        for (client, model) in [(1, 11), (4, 42)] {
            let update = try await store.reader.update(
                of: run, round: 1, client: ClientID(UInt32(client)), layout: Samples.layout)
            #expect(update == Samples.model(model))
        }
        #expect(try await store.reader.update(of: run, round: 1, client: ClientID(7), layout: Samples.layout) == nil)
    }

    @Test("What came in for a round that was given up goes when the run ends")
    func abandoned() async throws {
        let (store, run) = try await Samples.store(at: folder.path("fed.sqlite"), rounds: 0)
        try await keep(11, client: 1, attempt: 1, store, run)
        try await keep(42, client: 4, attempt: 2, store, run)
        try await commit(1, [1: 11, 4: 42], store, run)
        try await keep(12, client: 1, attempt: 1, round: 2, store, run)
        try await store.finish(run, status: .stopped, message: nil, at: Samples.start)
        #expect(try await store.reader.storage(of: run).updates == 2)
    }
}
