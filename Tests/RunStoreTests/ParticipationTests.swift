import Federation
import RunStore
import TestSupport
import Testing

@Suite struct ParticipationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Who was asked, who was heard, and why not; and how evenly that is divided")
    func counts() async throws {
        let (store, run) = try await Samples.store(at: folder.path("run.sqlite"), rounds: 3)
        let record = try await store.reader.run(.number(run.number)).run
        let participation = try await store.reader.participation(of: record)
        #expect(participation.clients.map(\.client.rawValue) == Array(0..<10))
        #expect(participation.clients.map(\.asked) == [0, 3, 0, 0, 3, 0, 0, 3, 0, 0])
        #expect(participation.clients.map(\.counted) == [0, 3, 0, 0, 3, 0, 0, 0, 0, 0])
        #expect(participation.clients[1].examples == 1_800 && participation.clients[1].trainSeconds == 1.5)
        #expect(participation.clients[7].failures == ["deadline": 3] && participation.clients[7].trainSeconds == nil)
        #expect(participation.updates == ClientSpread([3, 3, 0, 0, 0, 0, 0, 0, 0, 0]))
        // Six updates count, of 600 examples each.
        #expect(participation.clients.map(\.updateShare) == [0, 0.5, 0, 0, 0.5, 0, 0, 0, 0, 0])
        #expect(participation.clients.map(\.exampleShare) == participation.clients.map(\.updateShare))
        #expect(participation.clients.allSatisfy { $0.globalAccuracy == nil && $0.personalAccuracy == nil })
        #expect(participation.missingRows == 0)
        try store.close()
    }

    @Test("Rows that are no longer kept are said to be missing")
    func missing() async throws {
        let (store, run) = try await Samples.store(
            at: folder.path("run.sqlite"), rounds: 3, retention: Retention(clientRounds: 1))
        let record = try await store.reader.run(.number(run.number)).run
        let participation = try await store.reader.participation(of: record)
        #expect(participation.missingRows == 4)
        #expect(participation.clients[1].asked == 1 && participation.clients[7].asked == 3)

        // Made again, they count.
        var whole = participation
        whole.count((1...2).flatMap { Samples.clients($0).filter { $0.status == .reported } })
        #expect(whole.missingRows == 0 && whole.clients.map(\.counted) == [0, 3, 0, 0, 3, 0, 0, 0, 0, 0])
        #expect(whole.clients[4].asked == 3 && whole.clients[4].examples == 1_800)
        #expect(whole.updates == ClientSpread([3, 3, 0, 0, 0, 0, 0, 0, 0, 0]))
        #expect(whole.clients[1].updateShare == 0.5)
        try store.close()
    }

    @Test("How good models are for a client is what it found in the last round in which it evaluated them")
    func heldOut() async throws {
        let (store, run) = try await Samples.store(at: folder.path("run.sqlite"), rounds: 0)
        for number in 1...2 {
            var clients = Samples.clients(number)
            clients[0].heldOutExamples = 50
            clients[0].globalCorrect = 10 * number
            clients[0].globalLoss = 1
            clients[0].personalCorrect = 20 * number
            clients[0].personalLoss = 1
            try await store.commit(Samples.round(number), clients: clients, model: Samples.model(number), of: run)
        }
        let participation = try await store.reader.participation(of: try await store.reader.run(.latest).run)
        #expect(participation.clients[1].globalAccuracy == 0.4 && participation.clients[1].personalAccuracy == 0.8)
        #expect(participation.clients[4].globalAccuracy == nil)
        try store.close()
    }

    @Test("Jain's index is 1 where all have the same, and 1 / n where one has all")
    func evenness() throws {
        #expect(ClientSpread([2, 2, 2, 2])?.jain == 1 && ClientSpread([]) == nil)
        let one = try #require(ClientSpread([0, 0, 0, 8]))
        #expect(one.jain == 0.25 && one.mean == 2 && one.worstTenth == 0)
        #expect(abs(one.spread - 12.0.squareRoot()) < 1e-12)
        let nothing = try #require(ClientSpread([0, 0]))
        #expect(nothing.jain == nil)
        #expect(ClientSpread((1...20).map { Double($0) })?.worstTenth == 1.5)
    }
}
