/// Numbers as a scenario writes them: decimal, with or without fraction and exponent.
public enum Decimal {
    /// The number, or nil when the text is none, or is too large to be one; `nan`, `inf` and hexadecimal are none.
    public static func number(_ text: String) -> Double? {
        let isDecimal = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        guard isDecimal, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The shortest text of a number: `1` and not `1.0`.
    public static func text(_ value: Double) -> String {
        let text = String(value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// The text of a finite number in single precision, the shortest if that, read as a double and rounded, is the number.
    public static func text(_ value: Float) -> String {
        let shortest = String(value)
        guard let number = Double(shortest), Float(number) == value else { return text(Double(value)) }
        return text(number)
    }
}
