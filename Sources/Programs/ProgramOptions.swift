public import ArgumentParser
public import Logging

/// The options that the daemons have in common.
public struct ProgramOptions: ParsableArguments {
    @Option(help: "What to log to standard error: trace, debug, info, notice, warning, error or critical.")
    public var logLevel: Logger.Level = .notice

    @Flag(help: .hidden)
    public var stopAtEndOfInput = false

    public init() {}

    /// The program's logger, which writes to standard error.
    public func logger(_ label: String) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        return logger
    }
}

// Neither library can know the other.
// swift-format-ignore: AvoidRetroactiveConformances
extension Logger.Level: @retroactive ExpressibleByArgument {}
