public import ArgumentParser
public import Logging

/// The options that the daemons have in common.
public struct ProgramOptions: ParsableArguments {
    @Option(help: "What to log to standard error: trace, debug, info, notice, warning, error or critical.")
    public var logLevel: Logger.Level = .notice

    @Option(help: "How to log: text, or json, one object a line.")
    public var logFormat: LogFormat = .text

    @Flag(help: .hidden)
    public var stopAtEndOfInput = false

    public init() {}

    /// The program's logger, which writes to standard error.
    public func logger(_ label: String) -> Logger {
        let format = logFormat
        var logger = Logger(label: label) { label in
            switch format {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler(label: label)
            }
        }
        logger.logLevel = logLevel
        return logger
    }
}

// Neither library can know the other.
// swift-format-ignore: AvoidRetroactiveConformances
extension Logger.Level: @retroactive ExpressibleByArgument {}
