/// Bits in a second, as a scenario writes them: `500kbit`, `1.5Mbit`, `1Gbit`.
public enum BitRate {
    private static let units: [(name: String, bits: Double)] = [
        ("bit", 1), ("kbit", 1e3), ("Mbit", 1e6), ("Gbit", 1e9),
    ]

    /// The rate, a whole number of bits from 1; `nil` for any other text.
    public static func value(of text: String) -> Int? {
        let number = text.prefix { !$0.isLetter }
        guard let unit = units.first(where: { $0.name == text.dropFirst(number.count) }),
            let value = Decimal.number(String(number))
        else { return nil }
        let bits = (value * unit.bits).rounded()
        guard (1...1e15).contains(bits) else { return nil }
        return Int(bits)
    }

    /// The rate in the largest unit that makes it a whole number.
    public static func text(_ rate: Int) -> String {
        for unit in units.reversed() where rate != 0 && rate % Int(unit.bits) == 0 {
            return "\(rate / Int(unit.bits))\(unit.name)"
        }
        return "0bit"
    }
}
