extension Duration {
    private static let units: [(name: String, milliseconds: Double)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000),
    ]

    /// `500ms`, `30s`, `1.5m`, `1h`: a number and its unit, to the millisecond; nil for any other text and for more
    /// than a thousand days.
    public init?(shortText text: String) {
        let number = text.prefix { !$0.isLetter }
        guard let unit = Self.units.first(where: { $0.name == text.dropFirst(number.count) }),
            let value = Decimal.number(String(number))
        else { return nil }
        let milliseconds = (value * unit.milliseconds).rounded()
        guard (0...86_400_000_000).contains(milliseconds) else { return nil }
        self = .milliseconds(Int64(milliseconds))
    }

    /// The duration in the largest unit that makes it a whole number, to the millisecond: `30s`, `2m`.
    public var shortText: String {
        for unit in Self.units.reversed() where milliseconds != 0 && milliseconds % Int64(unit.milliseconds) == 0 {
            return "\(milliseconds / Int64(unit.milliseconds))\(unit.name)"
        }
        return "0s"
    }
}
