import Glibc
import Learning
import Parameters
import Synchronization
import TestSupport
import Testing

struct TrainingThreadsTests {
    /// A door that work waits at until the test opens it.
    final class Door: Sendable {
        private let isOpen = Atomic(false)
        private let arrived = Atomic(0)

        var arrivals: Int { arrived.load(ordering: .acquiring) }

        func open() {
            isOpen.store(true, ordering: .releasing)
        }

        /// Waits until it is open or `isCancelled`; says whether it is open.
        func pass(_ isCancelled: () -> Bool) -> Bool {
            arrived.add(1, ordering: .acquiringAndReleasing)
            while !isOpen.load(ordering: .acquiring) {
                if isCancelled() { return false }
                sched_yield()
            }
            return true
        }
    }

    /// What happened, in order.
    final class Log: Sendable {
        private let entries = Mutex<[Int]>([])

        var numbers: [Int] { entries.withLock { $0 } }

        func add(_ number: Int) {
            entries.withLock { $0.append(number) }
        }
    }

    /// Waits as ``eventually(within:_:)`` does, but long: tests that compute keep Swift's threads busy meanwhile.
    private func soon(_ condition: () -> Bool) async throws {
        try await eventually(within: .seconds(300), condition)
    }

    struct Refused: Error, Equatable {}

    @Test(
        "Whichever thread trains a client, the bits are the same",
        arguments: [ModelDefinition.cnn, .mlp2NN, TrainerTests.mixed])
    func threads(model: ModelDefinition) async throws {
        let trainer = Trainer(model: model)
        let expected = try (0..<6).map { client in
            try TrainerTests.train(trainer, epochs: 1, client: UInt32(client)).0.digest
        }
        for count in [1, 2, 4] {
            let threads = TrainingThreads(count: count, model: model)
            let digests = try await withThrowingTaskGroup(of: (Int, ContentDigest).self) { group in
                for client in 0..<6 {
                    group.addTask {
                        try await threads.run { trainer, _ in
                            (client, try TrainerTests.train(trainer, epochs: 1, client: UInt32(client)).0.digest)
                        }
                    }
                }
                return try await group.reduce(into: [Int: ContentDigest]()) { $0[$1.0] = $1.1 }
            }
            #expect((0..<6).map { digests[$0] } == expected)
            threads.shutdown()
        }
    }

    @Test("Evaluation does not depend on the number of threads")
    func evaluation() async throws {
        let model = ModelDefinition.cnn
        let examples = HashedNumbers.examples(1310)
        let parameters = model.initialParameters(seed: 5)
        let trainer = Trainer(model: model)
        let expected = [0..<500, 500..<1000, 1000..<1310].map {
            trainer.evaluate(parameters, on: examples, range: $0)
        }.reduce(Evaluation(), +)
        for count in [1, 2, 4] {
            let threads = TrainingThreads(count: count, model: model)
            #expect(try await threads.evaluate(parameters, on: examples) == expected)
        }
        #expect(expected.count == 1310)
    }

    @Test("No examples, no loss")
    func emptyEvaluation() async throws {
        let threads = TrainingThreads(count: 2, model: .logistic)
        let none = ExampleSet(shape: .mnist, classes: 10, images: [], labels: [])
        let parameters = ModelDefinition.logistic.initialParameters(seed: 5)
        #expect(try await threads.evaluate(parameters, on: none) == Evaluation())
    }

    @Test("Work starts in the order in which it came")
    func order() async throws {
        let threads = TrainingThreads(count: 1, model: .logistic)
        let door = Door()
        let seen = Log()
        async let first: Bool = threads.run { _, isCancelled in door.pass(isCancelled) }
        try await soon { door.arrivals == 1 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await threads.run { _, _ in seen.add(number) }
                }
                // Only when its work is in the queue, the next.
                try await soon { threads.waiting == number + 1 }
            }
            door.open()
            try await group.waitForAll()
        }
        #expect(try await first)
        #expect(seen.numbers == Array(0..<8))
    }

    @Test("Errors come back")
    func errors() async throws {
        let threads = TrainingThreads(count: 1, model: .logistic)
        await #expect(throws: Refused()) {
            try await threads.run { _, _ -> Int in throw Refused() }
        }
        #expect(try await threads.run { _, _ in 7 } == 7)
    }

    @Test("Cancelling a task stops its work where it runs and takes it out where it waits")
    func cancellation() async throws {
        let threads = TrainingThreads(count: 1, model: .logistic)
        let door = Door()
        let running = Task { try await threads.run { _, isCancelled in door.pass(isCancelled) } }
        try await soon { door.arrivals == 1 }
        let waiting = Task { try await threads.run { _, _ in 1 } }
        try await soon { threads.waiting == 1 }
        waiting.cancel()
        // Answered although the only thread is still busy.
        await #expect(throws: TrainingFailure.cancelled) { try await waiting.value }
        #expect(threads.waiting == 0)
        running.cancel()
        #expect(try await running.value == false)
        #expect(try await threads.run { _, isCancelled in isCancelled() } == false)
    }

    @Test("Work of a task that was cancelled before is not begun")
    func cancelledBefore() async throws {
        let threads = TrainingThreads(count: 1, model: .logistic)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await threads.run { _, _ in 1 }
        }
        await #expect(throws: TrainingFailure.cancelled) { try await task.value }
    }

    @Test("Shutting down cancels what runs, gives up what waits, and refuses what comes")
    func shutdown() async throws {
        let threads = TrainingThreads(count: 1, model: .logistic)
        let door = Door()
        let running = Task { try await threads.run { _, isCancelled in door.pass(isCancelled) } }
        try await soon { door.arrivals == 1 }
        let waiting = Task { try await threads.run { _, _ in 1 } }
        try await soon { threads.waiting == 1 }
        threads.shutdown()
        #expect(try await running.value == false)
        await #expect(throws: TrainingFailure.cancelled) { try await waiting.value }
        await #expect(throws: TrainingFailure.cancelled) { try await threads.run { _, _ in 1 } }
        threads.shutdown()
    }

    @Test("The threads end with their owner, even when the last to let go is one of them")
    func end() async throws {
        var threads: TrainingThreads? = TrainingThreads(count: 2, model: .logistic)
        let door = Door()
        let task = Task { [held = threads] in
            try await held?.run { [held] _, isCancelled in
                _ = held
                return door.pass(isCancelled)
            }
        }
        threads = nil
        try await soon { door.arrivals == 1 }
        door.open()
        #expect(try await task.value == true)
    }
}
