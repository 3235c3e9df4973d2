/// Functions that the C library has too, of additions, multiplications and divisions alone, so that their bits are the same
/// on every machine. Their relative error is a few units in the last place.
public enum PortableMath {
    private static let ln2High = 0x1.62e42fee00000p-1
    private static let ln2Low = 0x1.a39ef35793c76p-33

    /// ln x for a finite x > 0.
    public static func log(_ x: Double) -> Double {
        precondition(x > 0 && x.isFinite)
        var mantissa = x.significand
        var exponent = Double(x.exponent)
        if mantissa > 1.414_213_562_373_095_1 {
            mantissa /= 2
            exponent += 1
        }
        // ln m = 2 artanh s, and |s| < 0.172.
        let s = (mantissa - 1) / (mantissa + 1)
        let square = s * s
        var series = 0.0
        for odd in stride(from: 25.0, through: 3, by: -2) { series = (series + 1 / odd) * square }
        return exponent * ln2High + (2 * s + (2 * s * series + exponent * ln2Low))
    }

    /// eˣ; 0 and infinity beyond what Double holds.
    public static func exp(_ x: Double) -> Double {
        guard x < 709.7 else { return .infinity }
        guard x > -745 else { return 0 }
        let k = (x * 1.442_695_040_888_963_4).rounded()
        // |r| ≤ ln 2 / 2.
        let r = (x - k * ln2High) - k * ln2Low
        var series = 0.0
        for divisor in stride(from: 14.0, through: 1, by: -1) { series = 1 + series * r / divisor }
        // In two steps, since 2ᵏ alone may lie beyond what Double holds.
        let half = (k / 2).rounded(.down)
        return series * Double(sign: .plus, exponent: Int(half), significand: 1)
            * Double(sign: .plus, exponent: Int(k - half), significand: 1)
    }

    /// cos πx for 0 ≤ x ≤ 1.
    public static func cosPi(_ x: Double) -> Double {
        // The ends, where the series is off by a unit in the last place.
        if x == 0 { return 1 }
        if x == 1 { return -1 }
        // About the middle it is a sine, so that the argument of the series is small: |y| ≤ π/2.
        let y = (0.5 - x) * .pi
        let square = y * y
        var series = 0.0
        for odd in stride(from: 25.0, through: 3, by: -2) { series = (1 + series) * -square / (odd * (odd - 1)) }
        return y * (1 + series)
    }

    /// xʸ for a finite x ≥ 0; 1 for y = 0.
    public static func pow(_ x: Double, _ y: Double) -> Double {
        if y == 0 { return 1 }
        if x == 0 { return y > 0 ? 0 : .infinity }
        if y == 1 { return x }
        return exp(y * log(x))
    }
}
