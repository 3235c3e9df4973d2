import Dispatch

/// Work that waits for disks or computes for long, kept off the threads that tasks share.
enum BlockingWork {
    /// Runs `work` on a thread of Dispatch's.
    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async {
                continuation.resume(with: Result { try work() })
            }
        }
    }
}
