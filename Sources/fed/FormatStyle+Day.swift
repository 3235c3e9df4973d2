import Foundation

extension FormatStyle where Self == Date.ISO8601FormatStyle {
    /// The day alone, in UTC.
    static var day: Self { .iso8601.year().month().day() }
}
