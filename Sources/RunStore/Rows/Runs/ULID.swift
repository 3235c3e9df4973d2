public import struct Foundation.Date

/// A name for a run that no other run in any database has: 48 bits of milliseconds since 1970 and 80 random bits, so
/// that names sort by time (github.com/ulid/spec).
public struct ULID: Sendable, Hashable {
    /// The 16 bytes, the most significant first.
    public let bytes: [UInt8]

    /// Crockford's base 32, which leaves out I, L, O and U.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// A new name.
    ///
    /// - Parameters:
    ///   - date: the time that the name carries; between 1970 and the year 10889, else the nearest of these.
    ///   - generator: where the random bits come from.
    public init(at date: Date, using generator: inout some RandomNumberGenerator) {
        let milliseconds = UInt64(min(max(0, date.timeIntervalSince1970 * 1000), 0x1p48 - 1))
        let random = (generator.next() as UInt64, generator.next() as UInt64)
        bytes =
            (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: random.0 >> (8 * $0)) }
            + (0..<2).map { UInt8(truncatingIfNeeded: random.1 >> (8 * $0)) }
    }

    /// A new name with the system's random bits.
    public init(at date: Date) {
        var generator = SystemRandomNumberGenerator()
        self.init(at: date, using: &generator)
    }

    /// The name in `text`, in upper or lower case; `nil` unless it has 26 characters of the alphabet and its value fits
    /// into 128 bits.
    public init?(_ text: some StringProtocol) {
        let characters = Array(text.uppercased().utf8)
        guard characters.count == 26 else { return nil }
        var value: UInt128 = 0
        for (index, character) in characters.enumerated() {
            guard let digit = Self.alphabet.firstIndex(of: character), index > 0 || digit < 8 else { return nil }
            value = value << 5 | UInt128(digit)
        }
        bytes = (0..<16).map { UInt8(truncatingIfNeeded: value >> (120 - 8 * UInt128($0))) }
    }

    /// When the name was made, to the millisecond.
    public var date: Date {
        let milliseconds = bytes.prefix(6).reduce(0) { $0 << 8 | UInt64($1) }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}

extension ULID: LosslessStringConvertible {
    /// 26 characters.
    public var description: String {
        let value = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        let characters = (0..<26).map { Self.alphabet[Int(truncatingIfNeeded: value >> (125 - 5 * UInt128($0)) & 31)] }
        return String(decoding: characters, as: UTF8.self)
    }
}

extension ULID: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let name = ULID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a ULID is 26 characters")
        }
        self = name
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
