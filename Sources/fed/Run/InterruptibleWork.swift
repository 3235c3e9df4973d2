import Logging
import Programs
import ServiceLifecycle

/// Work that SIGINT and SIGTERM ask to stop in good order: within it, `gracefulShutdown()` tells.
struct InterruptibleWork: Service {
    private let work: @Sendable () async throws -> Void

    func run() async throws {
        try await work()
    }

    /// Does `work` and returns, or throws, what it does.
    ///
    /// - Parameter stopAtEndOfInput: whether the end of standard input asks it to stop, too.
    static func run(stopAtEndOfInput: Bool = false, _ work: @escaping @Sendable () async throws -> Void) async throws {
        var logger = Logger(label: "fed") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        try await ServiceGroup.run(InterruptibleWork(work: work), stopAtEndOfInput: stopAtEndOfInput, logger: logger)
    }
}
