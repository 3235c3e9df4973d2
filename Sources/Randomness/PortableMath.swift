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

    /// Φ⁻¹(p), the standard normal quantile, for 0 < p < 1 (Wichura, "Algorithm AS 241: The Percentage Points of the Normal
    /// Distribution", 1988, PPND16).
    public static func normalQuantile(_ p: Double) -> Double {
        precondition(p > 0 && p < 1)
        let q = p - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * polynomial(centralNumerator, r) / polynomial(centralDenominator, r)
        }
        let tail = (-log(min(p, 1 - p))).squareRoot()
        let value =
            tail <= 5
            ? polynomial(tailNumerator, tail - 1.6) / polynomial(tailDenominator, tail - 1.6)
            : polynomial(farNumerator, tail - 5) / polynomial(farDenominator, tail - 5)
        return q < 0 ? -value : value
    }

    /// - Parameter coefficients: the constant first.
    private static func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
        coefficients.reversed().reduce(0) { $0 * x + $1 }
    }

    private static let centralNumerator = [
        3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
        4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3,
    ]
    private static let centralDenominator = [
        1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3, 2.1213794301586595867e+4,
        3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3,
    ]
    private static let tailNumerator = [
        1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
        1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ]
    private static let tailDenominator = [
        1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
        1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ]
    private static let farNumerator = [
        6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ]
    private static let farDenominator = [
        1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
        1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ]

    /// xʸ for a finite x ≥ 0; 1 for y = 0.
    public static func pow(_ x: Double, _ y: Double) -> Double {
        if y == 0 { return 1 }
        if x == 0 { return y > 0 ? 0 : .infinity }
        if y == 1 { return x }
        return exp(y * log(x))
    }
}
