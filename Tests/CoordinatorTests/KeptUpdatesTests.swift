import Client
import Federation
import Learning
import Parameters
import Testing
import Wire
import Workers

/// What a worker process keeps of what it has trained.
struct KeptUpdatesTests {
    private static let run = WireIdentifier.random()
    private static let parameters = ParameterVector(
        layout: ParameterLayout([("values", [10])]), values: (0..<10).map { Float($0) })

    private static func origin(rate: Float = 0.1, value: Float = 0) -> KeptUpdates.Origin {
        let model = ParameterVector(layout: parameters.layout, values: Array(repeating: value, count: 10))
        return KeptUpdates.Origin(
            model: model.digest,
            settings: TrainingSettings(localEpochs: 1, batchSize: .all, optimizer: .sgd(learningRate: rate)),
            codec: .f32)
    }

    private static func key(_ round: UInt32, _ client: UInt32, attempt: UInt32 = 1) -> UpdateKey {
        UpdateKey(round: round, client: ClientID(client), attempt: attempt)
    }

    /// Keeps updates of forty bytes, of these clients.
    private func keep(_ clients: Range<UInt32>, round: UInt32 = 1, in kept: KeptUpdates) {
        for client in clients {
            let update = OutgoingUpdate(
                key: Self.key(round, client), examples: 1, loss: 0, accuracy: 1, steps: 1, trainMicroseconds: 1,
                parameters: Self.parameters, chunkSize: 8)
            kept.keep(update, of: Self.run, from: Self.origin())
        }
    }

    private func clients(round: UInt32 = 1, in kept: KeptUpdates) -> [UInt32] {
        (0..<100).filter { kept.update(for: Self.key(round, $0, attempt: 2), of: Self.run, from: Self.origin()) != nil }
    }

    private func empty(count: Int = 3, bytes: UInt64 = 1000) -> KeptUpdates {
        let kept = KeptUpdates(count: count, bytes: bytes)
        kept.greeted(Self.run)
        return kept
    }

    @Test("Only what was made from the same model and settings is sent again")
    func origins() {
        let kept = empty()
        keep(0..<1, in: kept)
        let key = Self.key(1, 0, attempt: 5)
        #expect(kept.update(for: key, of: Self.run, from: Self.origin())?.header.digest == Self.parameters.digest)
        #expect(kept.update(for: key, of: Self.run, from: Self.origin(rate: 0.2)) == nil)
        #expect(kept.update(for: key, of: Self.run, from: Self.origin(value: 1)) == nil)
        #expect(kept.update(for: key, of: .random(), from: Self.origin()) == nil)
        #expect(kept.update(for: Self.key(2, 0), of: Self.run, from: Self.origin()) == nil)
    }

    @Test("The oldest go beyond both bounds: a number of updates, and a number of bytes")
    func bounds() {
        let few = empty(count: 3, bytes: 40)
        keep(0..<10, in: few)
        #expect(clients(in: few) == [7, 8, 9])
        let many = empty(count: 3, bytes: 200)
        keep(0..<10, in: many)
        #expect(clients(in: many) == [5, 6, 7, 8, 9])
        // The same again takes no other's place.
        keep(9..<10, in: many)
        #expect(clients(in: many) == [5, 6, 7, 8, 9])
    }

    @Test("What is acknowledged, and what is of a round that is over, is let go of")
    func ends() {
        let kept = empty()
        keep(0..<4, in: kept)
        kept.remove(Self.key(1, 2), of: Self.run)
        kept.remove(Self.key(1, 3), of: .random())
        #expect(clients(in: kept) == [0, 1, 3])
        kept.closed(1)
        #expect(clients(in: kept).isEmpty)
        // Who was still training comes too late.
        keep(0..<1, in: kept)
        #expect(clients(in: kept).isEmpty)
        // A coordinator that was killed may open a round again.
        kept.opened(1)
        keep(0..<1, in: kept)
        #expect(clients(in: kept) == [0])
        // What began with an earlier model may still be wanted.
        kept.opened(2)
        #expect(clients(in: kept) == [0])
        kept.closed(1)
        #expect(clients(in: kept).isEmpty)
        keep(5..<6, round: 2, in: kept)
        #expect(clients(round: 2, in: kept) == [5])
        kept.greeted(.random())
        #expect(clients(round: 2, in: kept).isEmpty)
    }
}
