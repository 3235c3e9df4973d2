public import Logging
public import ServiceLifecycle

/// A worker process as a service: a graceful shutdown says goodbye to the coordinator and ends it.
public struct WorkerService: Service {
    private let host: WorkerHost
    private let logger: Logger

    public init(host: WorkerHost, logger: Logger) {
        self.host = host
        self.logger = logger
    }

    public func run() async throws {
        do {
            let farewell = try await cancelWhenGracefulShutdown { try await host.run() }
            logger.info("the coordinator took its leave", metadata: ["reason": "\(farewell.text)"])
        } catch is CancellationError {
            logger.info("stopped")
        }
    }
}
