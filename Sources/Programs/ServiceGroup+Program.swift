public import Logging
public import ServiceLifecycle
internal import UnixSignals

extension ServiceGroup {
    /// Runs `service` until it ends by itself, or until SIGTERM, SIGINT or, where it is watched, the end of standard
    /// input asks it to stop in good order.
    ///
    /// - Parameter others: run as long as it does; one that fails ends it, too.
    public static func run(
        _ service: any Service, beside others: [any Service] = [], stopAtEndOfInput: Bool, logger: Logger
    ) async throws {
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(
                service: service, successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .gracefullyShutdownGroup)
        ]
        services += others.map {
            .init(
                service: $0, successTerminationBehavior: .ignore,
                failureTerminationBehavior: .gracefullyShutdownGroup)
        }
        if stopAtEndOfInput {
            services.append(
                .init(
                    service: InputWatch(), successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup))
        }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: configuration).run()
    }
}
