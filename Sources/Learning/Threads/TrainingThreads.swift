public import Parameters
internal import Synchronization

/// A fixed number of threads of their own, each with a ``Trainer``, for work that would hold up Swift's own threads.
///
/// Work starts in the order in which it was handed in. Which thread does it changes nothing in its result.
public final class TrainingThreads: Sendable {
    public let model: ModelDefinition
    public let count: Int
    private let queue = WorkQueue()
    private let threads: Mutex<[JoinableThread]>

    /// Examples in one piece of an evaluation. Part of the result: sums are taken within a piece, then over the pieces.
    private static let piece = 500

    /// - Parameters:
    ///   - count: the number of threads, at least 1.
    ///   - yieldsToOthers: whether the threads run when nothing else wants the processor, such as the network of the same
    ///     process, or workers that train on the same machine.
    public init(count: Int, model: ModelDefinition, kernels: Kernels = .fused, yieldsToOthers: Bool = false) {
        precondition(count >= 1)
        self.count = count
        self.model = model
        threads = Mutex([])
        let queue = queue
        let started = (0..<count).map { _ in
            JoinableThread {
                if yieldsToOthers { JoinableThread.yieldToOthers() }
                let trainer = Trainer(model: model, kernels: kernels)
                while let work = queue.next() {
                    work.perform(trainer)
                    queue.finish(work)
                }
            }
        }
        threads.withLock { $0 = started }
    }

    deinit {
        stop()
    }

    /// Does `work` on one of the threads.
    ///
    /// When the task is cancelled, work that has not started is given up at once and `isCancelled` turns true for work
    /// that has.
    ///
    /// - Throws: what `work` throws; ``TrainingFailure/cancelled`` when it was given up before it started, also by
    ///   ``shutdown()``.
    public func run<Result: Sendable>(
        _ work: @escaping @Sendable (Trainer, _ isCancelled: () -> Bool) throws -> Result
    ) async throws -> Result {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Result, any Error>) in
                queue.add(
                    WorkQueue.Work(
                        cancellation: cancellation,
                        perform: { trainer in
                            continuation.resume(
                                with: Swift.Result { try work(trainer, { cancellation.isCancelled }) })
                        },
                        giveUp: { continuation.resume(throwing: TrainingFailure.cancelled) }))
            }
        } onCancel: {
            queue.cancel(cancellation)
        }
    }

    /// Loss and accuracy of `parameters` on all of `examples`, on all threads. The examples are cut into pieces of a
    /// fixed size, whose sums are added in order, so the result does not depend on the number of threads.
    ///
    /// - Throws: ``TrainingFailure/cancelled`` when the task is cancelled or the threads are shut down.
    public func evaluate(_ parameters: ParameterVector, on examples: ExampleSet) async throws -> Evaluation {
        try await evaluateByClass(parameters, on: examples).total
    }

    /// The same, as a whole and class by class.
    ///
    /// - Throws: ``TrainingFailure/cancelled`` when the task is cancelled or the threads are shut down.
    public func evaluateByClass(
        _ parameters: ParameterVector, on examples: ExampleSet
    ) async throws -> ClassEvaluation {
        let ranges = stride(from: 0, to: examples.count, by: Self.piece).map { first in
            first..<min(first + Self.piece, examples.count)
        }
        let parts = try await onAll(
            ranges.count, begin: { $0.load(parameters) },
            { trainer, index in trainer.evaluateLoadedByClass(on: examples, range: ranges[index]) })
        return parts.reduce(into: ClassEvaluation(classes: examples.classes)) { $0 += $1 }
    }

    /// Does pieces of work on all threads.
    ///
    /// - Returns: what came of them, in the order of the pieces.
    /// - Throws: what `work` throws; ``TrainingFailure/cancelled`` when the task is cancelled or the threads are shut down.
    public func map<Part: Sendable>(
        _ pieces: Int, _ work: @escaping @Sendable (Int) throws -> Part
    ) async throws -> [Part] {
        try await onAll(pieces) { _, index in try work(index) }
    }

    /// - Parameter begin: done first by each thread that takes a piece.
    private func onAll<Part: Sendable>(
        _ pieces: Int, begin: @escaping @Sendable (Trainer) -> Void = { _ in },
        _ work: @escaping @Sendable (Trainer, Int) throws -> Part
    ) async throws -> [Part] {
        let next = Counter()
        let parts = try await withThrowingTaskGroup(of: [(Int, Part)].self) { group in
            for _ in 0..<min(count, pieces) {
                group.addTask {
                    try await self.run { trainer, isCancelled in
                        var parts: [(Int, Part)] = []
                        while case let index = next.increment(), index < pieces {
                            if isCancelled() { throw TrainingFailure.cancelled }
                            if parts.isEmpty { begin(trainer) }
                            parts.append((index, try work(trainer, index)))
                        }
                        return parts
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return parts.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// The number of pieces of work that wait for a thread.
    public var waiting: Int { queue.count }

    /// Cancels all work, lets the threads end and waits for them: for a step of training at most. Repeating it is
    /// harmless. The end of the object does the same.
    public func shutdown() {
        stop()
    }

    private func stop() {
        queue.close()
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in threads {
            thread.join()
        }
    }
}

extension TrainingThreads {
    /// Hands out 0, 1, 2, ….
    private final class Counter: Sendable {
        private let value = Atomic(0)

        func increment() -> Int {
            value.wrappingAdd(1, ordering: .relaxed).oldValue
        }
    }
}
