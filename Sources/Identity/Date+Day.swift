package import Foundation

extension Date {
    /// The day, for people, in UTC.
    package var day: String { formatted(.iso8601.year().month().day()) }
}
