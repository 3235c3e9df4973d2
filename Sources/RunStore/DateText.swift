import Foundation

/// Times as the record keeps them: ISO 8601, UTC, milliseconds, for example `2025-01-31T09:05:07.250Z`. They sort as text.
enum DateText {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    static func encode(_ date: Date) -> String {
        // The style cuts what is below a millisecond off, and a Double often lies a hair below.
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        return Date(timeIntervalSince1970: milliseconds / 1000 + 0.0001).formatted(style)
    }

    static func decode(_ text: String) -> Date? {
        try? style.parse(text)
    }
}
