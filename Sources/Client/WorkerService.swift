public import Logging
public import ServiceLifecycle

/// A worker as a service: a graceful shutdown says goodbye to the coordinator and ends it.
public struct WorkerService: Service {
    private let worker: Worker
    private let logger: Logger

    public init(worker: Worker, logger: Logger) {
        self.worker = worker
        self.logger = logger
    }

    public func run() async throws {
        do {
            let farewell = try await cancelWhenGracefulShutdown { try await worker.run() }
            logger.info("the coordinator took its leave", metadata: ["reason": "\(farewell.text)"])
        } catch is CancellationError {
            logger.info("stopped")
        }
    }
}
