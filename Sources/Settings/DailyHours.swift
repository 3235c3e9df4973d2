/// A stretch of each day, from one time of day to another, as a scenario writes it: `22:00-06:00`. It may go on after midnight.
public struct DailyHours: Sendable, Hashable {
    /// Minutes after midnight, from 0 to 1,439. They differ.
    public let from: Int
    public let to: Int

    /// `nil` for any other text, and where the stretch would be the whole day, or nothing of it.
    public init?(_ text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let from = TimeOfDay(String(ends[0])), let to = TimeOfDay(String(ends[1])),
            from != to
        else { return nil }
        self.from = from.minutes
        self.to = to.minutes
    }

    public var text: String { "\(TimeOfDay(checked: from).text)-\(TimeOfDay(checked: to).text)" }
}

/// A time of day, to the minute: `08:30`.
public struct TimeOfDay: Sendable, Hashable {
    /// After midnight, from 0 to 1,439.
    public let minutes: Int

    /// `nil` where there are not so many minutes in a day.
    public init?(minutes: Int) {
        guard (0..<1_440).contains(minutes) else { return nil }
        self.init(checked: minutes)
    }

    fileprivate init(checked minutes: Int) {
        self.minutes = minutes
    }

    public static let midnight = TimeOfDay(checked: 0)

    /// `nil` for any text but two digits, a colon and two digits.
    public init?(_ text: String) {
        let digits = text.utf8.map { Int($0) - Int(UInt8(ascii: "0")) }
        guard digits.count == 5, text.utf8.dropFirst(2).first == UInt8(ascii: ":") else { return nil }
        let numbers = [digits[0], digits[1], digits[3], digits[4]]
        guard numbers.allSatisfy((0...9).contains) else { return nil }
        let (hour, minute) = (numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3])
        guard hour < 24, minute < 60 else { return nil }
        minutes = hour * 60 + minute
    }

    public var text: String { "\(Self.twoDigits(minutes / 60)):\(Self.twoDigits(minutes % 60))" }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
