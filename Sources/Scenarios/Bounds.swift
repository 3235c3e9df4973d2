/// The numbers between two bounds, each of them among them or not.
struct Bounds: CustomStringConvertible {
    private let lower: Double
    private let upper: Double
    private let hasLower: Bool
    private let hasUpper: Bool

    static func from(_ lower: Double, upTo upper: Double) -> Self {
        Bounds(lower: lower, upper: upper, hasLower: true, hasUpper: true)
    }

    static func from(_ lower: Double, below upper: Double) -> Self {
        Bounds(lower: lower, upper: upper, hasLower: true, hasUpper: false)
    }

    static func above(_ lower: Double, upTo upper: Double) -> Self {
        Bounds(lower: lower, upper: upper, hasLower: false, hasUpper: true)
    }

    func contains(_ value: Double) -> Bool {
        (hasLower ? value >= lower : value > lower) && (hasUpper ? value <= upper : value < upper)
    }

    /// For example `above 0 and at most 10`.
    var description: String {
        if hasLower && hasUpper { return "from \(Decimal.text(lower)) to \(Decimal.text(upper))" }
        return "\(hasLower ? "of at least" : "above") \(Decimal.text(lower)) and "
            + "\(hasUpper ? "at most" : "below") \(Decimal.text(upper))"
    }
}
