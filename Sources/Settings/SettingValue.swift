/// The value of a ``Setting``.
public enum SettingValue: Sendable, Hashable {
    case number(Double)
    case wholeNumber(Int)
    case word(String)
    case truth(Bool)
    case names([String])
    case duration(Duration)
    /// Bits in a second.
    case bitRate(Int)
    /// Of memory.
    case byteCount(Int)
    case dailyHours(DailyHours)

    /// A number that is kept in single precision.
    public static func single(_ value: Float) -> SettingValue {
        .number(Decimal.number(Decimal.text(value)) ?? Double(value))
    }

    /// As a scenario writes it, and as it crosses the wire: `0.01`, `3`, `uniform`, `true`, `dense1,dense2`.
    public var text: String {
        switch self {
        case .number(let value): Decimal.text(value)
        case .wholeNumber(let value): String(value)
        case .word(let word): word
        case .truth(let isTrue): String(isTrue)
        case .names(let names): names.joined(separator: ",")
        case .duration(let duration): duration.shortText
        case .bitRate(let rate): BitRate.text(rate)
        case .byteCount(let bytes): ByteCount.text(bytes)
        case .dailyHours(let hours): hours.text
        }
    }

    /// Bytes of a list of names.
    private static let longestList = 200

    /// Names with commas between them, each of letters, digits and `_`, none twice; `nil` for any other text.
    static func names(_ text: String, upTo most: Int) -> SettingValue? {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let areNames = names.allSatisfy { name in
            !name.isEmpty && name.utf8.allSatisfy(isPartOfName)
        }
        guard areNames, text.utf8.count <= longestList, names.count <= most, Set(names).count == names.count else {
            return nil
        }
        return .names(names)
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
