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
            Samples.update(model), of: UpdateKey(round: round, client: ClientID(client), attempt: attempt), in: run)
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
                of: run, round: 1, client: ClientID(UInt32(client)), layout: Samples.updateLayout)
            #expect(update == Samples.update(model))
        }
        #expect(
            try await store.reader.update(of: run, round: 1, client: ClientID(7), layout: Samples.updateLayout) == nil)
    }

    @Test("Rows of clients that reported stay of the latest rounds, with their updates; failures and own data always")
    func thinned() async throws {
        let (store, run) = try await Samples.store(at: folder.path("fed.sqlite"), rounds: 0)
        for round in 1...5 {
            for (client, model) in [(1, 10), (4, 20)] {
                try await keep(
                    model + round, client: UInt32(client), attempt: client == 1 ? 1 : 2, round: UInt32(round), store,
                    run)
            }
            let clients = Samples.clients(round).map { client in
                var client = client
                if client.status == .reported {
                    let model = (client.client == ClientID(1) ? 10 : 20) + round
                    client.updateDigest = Samples.model(model).digest
                }
                client.ownData = round == 2 && client.client == ClientID(4)
                return client
            }
            try await store.commit(
                Samples.round(round), clients: clients, model: Samples.model(round),
                retention: Retention(clientRounds: 2), of: run)
        }
        let kept = [1: [7], 2: [4, 7], 3: [7], 4: [1, 4, 7], 5: [1, 4, 7]] as [Int: [UInt32]]
        for (round, clients) in kept {
            let rows = try await store.reader.clientRounds(of: run, round: round)
            #expect(rows.map(\.client.rawValue) == clients, "round \(round)")
        }
        #expect(try await store.reader.storage(of: run).updates == 5)
        #expect(
            try await store.reader.update(of: run, round: 2, client: ClientID(4), layout: Samples.updateLayout)
                == Samples.update(22))
        #expect(try await store.reader.failures(of: run).map(\.count) == [5])
        #expect(try await store.reader.rounds(of: run).map(\.clientsReported) == [2, 2, 2, 2, 2])
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
