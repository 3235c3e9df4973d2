/// The numbers from one bound to another; each bound is among them or not.
public struct Bounds: Sendable, Hashable, CustomStringConvertible {
    private let lower: Double
    private let upper: Double
    private let hasLower: Bool
    private let hasUpper: Bool

    public static func from(_ lower: Double, upTo upper: Double) -> Self {
        Bounds(lower: lower, upper: upper, hasLower: true, hasUpper: true)
    }

    public static func from(_ lower: Double, below upper: Double) -> Self {
        Bounds(lower: lower, upper: upper, hasLower: true, hasUpper: false)
    }

    public static func above(_ lower: Double, upTo upper: Double) -> Self {
        Bounds(lower: lower, upper: upper, hasLower: false, hasUpper: true)
    }

    public func contains(_ value: Double) -> Bool {
        (hasLower ? value >= lower : value > lower) && (hasUpper ? value <= upper : value < upper)
    }

    /// For example `from 0 to 1`.
    public var description: String {
        let text = "from \(Decimal.text(lower)) to \(Decimal.text(upper))"
        if !hasLower { return "\(text), but not \(Decimal.text(lower))" }
        return hasUpper ? text : "\(text), but not \(Decimal.text(upper))"
    }
}
