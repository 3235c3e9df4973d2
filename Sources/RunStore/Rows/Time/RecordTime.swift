public import Foundation

/// Times as the record keeps them: ISO 8601, UTC, milliseconds, for example `2025-01-31T09:05:07.250Z`. They sort as text.
public enum RecordTime {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// `date` to the nearest millisecond.
    public static func text(_ date: Date) -> String {
        // The style cuts what is below a millisecond off, and a Double often lies a hair below.
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        return Date(timeIntervalSince1970: milliseconds / 1000 + 0.0001).formatted(style)
    }

    /// The time in `text`; `nil` if there is none.
    public static func date(_ text: String) -> Date? {
        try? style.parse(text)
    }
}
