public import ArgumentParser

/// How log records are written to standard error.
public enum LogFormat: String, ExpressibleByArgument, Sendable, CaseIterable {
    /// For people.
    case text
    /// One JSON object a line (``JSONLogHandler``).
    case json
}
