/// Bytes of memory, as a scenario writes them: `512KiB`, `64MiB`, `1GiB`.
public enum ByteCount {
    private static let units: [(name: String, bytes: Double)] = [
        ("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824),
    ]

    /// The number of bytes, from 1; `nil` for any other text.
    public static func value(of text: String) -> Int? {
        let number = text.prefix { !$0.isLetter }
        guard let unit = units.first(where: { $0.name == text.dropFirst(number.count) }),
            let value = Decimal.number(String(number))
        else { return nil }
        let bytes = (value * unit.bytes).rounded()
        guard (1...1e15).contains(bytes) else { return nil }
        return Int(bytes)
    }

    /// The number in the largest unit that makes it a whole number; else as a part of a KiB.
    public static func text(_ bytes: Int) -> String {
        for unit in units.reversed() where bytes != 0 && bytes % Int(unit.bytes) == 0 {
            return "\(bytes / Int(unit.bytes))\(unit.name)"
        }
        return "\(Decimal.text(Double(bytes) / 1_024))KiB"
    }
}
