import Datasets
import Learning
import Randomness
import Testing

/// What clients hold out from their training.
@Suite struct HeldOutTests {
    @Test("Every example is trained on or held out, in the partition's order, and one is always left to train on")
    func split() throws {
        var stream = RandomStream(seed: 7, purpose: .partition)
        for _ in 0..<200 {
            let count = 1 + stream.below(60)
            let indices = (0..<count).map { Int32($0 * 3) }
            let fraction = stream.uniform() * 0.9
            let (training, heldOut) = HeldOut.split(indices, fraction: fraction, seed: 3, client: 5)
            #expect((training + heldOut).sorted() == indices)
            #expect(training == training.sorted() && heldOut == heldOut.sorted() && !training.isEmpty)
            #expect(heldOut.count == min(count - 1, Int((fraction * Double(count)).rounded())))
        }
    }

    @Test("Seed and client decide which")
    func keyed() {
        let indices = (0..<100).map(Int32.init)
        let first = HeldOut.split(indices, fraction: 0.2, seed: 1, client: 0).heldOut
        #expect(first.count == 20)
        #expect(HeldOut.split(indices, fraction: 0.2, seed: 1, client: 0).heldOut == first)
        #expect(HeldOut.split(indices, fraction: 0.2, seed: 2, client: 0).heldOut != first)
        #expect(HeldOut.split(indices, fraction: 0.2, seed: 1, client: 1).heldOut != first)
        #expect(HeldOut.split(indices, fraction: 0, seed: 1, client: 0).heldOut.isEmpty)
    }

    @Test("A partition is split client by client", arguments: PartitionTests.rules)
    func partition(rule: PartitionChoice) throws {
        let dealt = try rule.deal(labels: Labels.uneven(3_000, seed: 5), classes: 10, clients: 20, seed: 1)
        let (training, rest) = dealt.holdingOut(0.25, seed: 1)
        let heldOut = try #require(rest)
        let nothing = dealt.holdingOut(0, seed: 1)
        #expect(nothing.training == dealt && nothing.heldOut == nil)
        #expect(training.clients == 20 && heldOut.clients == 20)
        #expect(training.examples + heldOut.examples == dealt.examples)
        for client in 0..<20 {
            let split = HeldOut.split(dealt.indices(of: client), fraction: 0.25, seed: 1, client: UInt32(client))
            #expect(training.indices(of: client) == split.training && heldOut.indices(of: client) == split.heldOut)
            #expect(training.count(of: client) == split.training.count)
        }
    }
}
