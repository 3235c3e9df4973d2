import Diagnostics
public import Federation
public import ServiceLifecycle
import Synchronization
public import Transport

/// A coordinator as a service: listens, serves its workers while the run goes on, and ends with it. A graceful shutdown
/// stops the run in good order.
public struct CoordinatorService: Service {
    private let listener: Listener
    private let coordinator: RunCoordinator
    private let finished: @Sendable (RunOutcome) -> Void

    /// - Parameter finished: told how the run ended.
    public init(
        listener: Listener, coordinator: RunCoordinator, finished: @escaping @Sendable (RunOutcome) -> Void
    ) {
        self.listener = listener
        self.coordinator = coordinator
        self.finished = finished
    }

    public func run() async throws {
        try await withThrowingTaskGroup(of: RunOutcome?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await listener.run(refused: { await coordinator.refused($0, $1) }) { connection, inbox in
                    try await coordinator.serve(connection, inbox)
                }
                return nil
            }
            group.addTask {
                try await coordinator.reviewAdmission(listener.security)
                return nil
            }
            group.addTask {
                try await gracefulShutdown()
                await coordinator.stop()
                return nil
            }
            group.addTask {
                do {
                    let outcome = try await coordinator.run()
                    await coordinator.waitForFarewells()
                    return outcome
                } catch {
                    await coordinator.waitForFarewells()
                    throw error
                }
            }
            while let outcome = try await group.next() {
                if let outcome {
                    finished(outcome)
                    return
                }
            }
        }
    }
}
