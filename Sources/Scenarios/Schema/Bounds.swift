/// The numbers from one bound to another; the upper one is among them or not.
struct Bounds: CustomStringConvertible {
    private let lower: Double
    private let upper: Double
    private let hasUpper: Bool

    static func from(_ lower: Double, upTo upper: Double) -> Self {
        Bounds(lower: lower, upper: upper, hasUpper: true)
    }

    static func from(_ lower: Double, below upper: Double) -> Self {
        Bounds(lower: lower, upper: upper, hasUpper: false)
    }

    func contains(_ value: Double) -> Bool {
        value >= lower && (hasUpper ? value <= upper : value < upper)
    }

    /// For example `from 0 to 1`.
    var description: String {
        let text = "from \(Decimal.text(lower)) to \(Decimal.text(upper))"
        return hasUpper ? text : "\(text), but not \(Decimal.text(upper))"
    }
}
