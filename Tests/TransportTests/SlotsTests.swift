import Synchronization
import TestSupport
import Testing
import Transport

struct SlotsTests {
    /// How many tasks hold a place now, at most so far, and in all.
    private final class Tally: Sendable {
        let counts = Mutex((now: 0, most: 0, all: 0))
    }

    @Test("No more tasks than places hold one, and all get one")
    func bounds() async throws {
        let slots = Slots(3)
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    try await slots.withSlot {
                        tally.counts.withLock { holding in
                            holding.now += 1
                            holding.all += 1
                            holding.most = max(holding.most, holding.now)
                        }
                        await Task.yield()
                        tally.counts.withLock { $0.now -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        let seen = tally.counts.withLock { $0 }
        #expect(seen.all == 200 && seen.most <= 3 && seen.now == 0)
    }

    @Test("A cancelled waiter takes no place with it")
    func cancellation() async throws {
        let slots = Slots(1)
        for _ in 0..<100 {
            try await slots.acquire()
            let waiter = Task { try await slots.acquire() }
            waiter.cancel()
            await #expect(throws: CancellationError.self) { try await waiter.value }
            slots.release()
        }
        try await slots.acquire()
        slots.release()
    }
}
