import Glibc

// The standard library's `random(in:using:)` and `shuffle(using:)` promise no algorithm, so a result would depend on
// the compiler's version. These are the project's own and stay as they are.
extension RandomStream {
    /// Uniform in [0, 1), a multiple of 2⁻²⁴.
    public mutating func uniformFloat() -> Float {
        Float(nextWord() >> 8) * 0x1p-24
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Uniform in 0 ..< `bound`, without bias (Lemire, "Fast Random Integer Generation in an Interval", 2019).
    ///
    /// - Precondition: 0 < `bound` ≤ 2³².
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0 && bound <= 1 << 32)
        let bound = UInt64(bound)
        var product = UInt64(nextWord()) * bound
        if UInt64(UInt32(truncatingIfNeeded: product)) < bound {
            let threshold = (1 << 32) % bound
            while UInt64(UInt32(truncatingIfNeeded: product)) < threshold {
                product = UInt64(nextWord()) * bound
            }
        }
        return Int(product >> 32)
    }

    /// Standard normal (Box and Muller, 1958; the first of the pair).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// Standard normal as ``normal()``, with the same bits on every machine (``PortableMath``).
    public mutating func portableNormal() -> Double {
        let radius = (-2 * PortableMath.log(1 - uniform())).squareRoot()
        let turn = uniform()
        return radius * PortableMath.cosPi(turn <= 0.5 ? 2 * turn : 2 - 2 * turn)
    }

    /// Gamma with the given shape and scale 1 (Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables",
    /// 2000; a shape below 1 by their boosting remark).
    ///
    /// - Precondition: `shape` is finite and above 0.
    public mutating func gamma(shape: Double) -> Double {
        precondition(shape > 0 && shape.isFinite)
        if shape < 1 {
            let boost = pow(1 - uniform(), 1 / shape)
            return gamma(shape: shape + 1) * boost
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if log(1 - uniform()) < 0.5 * x * x + d - d * v + d * log(v) {
                return d * v
            }
        }
    }

    /// The natural logarithm of a Gamma variate with the given shape and scale 1, which itself may be smaller than any double:
    /// Gamma(a) is Gamma(a + 1) · U^(1/a).
    ///
    /// - Precondition: `shape` is finite and above 0.
    public mutating func logarithmOfGamma(shape: Double) -> Double {
        log(gamma(shape: shape + 1)) + log(1 - uniform()) / shape
    }

    /// Puts `elements` into a random order (Fisher and Yates, from the last to the first).
    public mutating func shuffle(_ elements: inout MutableSpan<Int32>) {
        var last = elements.count - 1
        while last > 0 {
            elements.swapAt(last, below(last + 1))
            last -= 1
        }
    }

    /// Puts `elements` into a random order.
    public mutating func shuffle(_ elements: inout [Int32]) {
        var span = elements.mutableSpan
        shuffle(&span)
    }

    /// `count` different numbers of 0 ..< `bound`, ascending, each set equally likely (Floyd's algorithm; Bentley and
    /// Floyd, "A Sample of Brilliance", 1987).
    ///
    /// - Precondition: 0 ≤ `count` ≤ `bound`.
    public mutating func sample(_ count: Int, below bound: Int) -> [Int] {
        precondition(count >= 0 && count <= bound)
        var chosen = Set<Int>()
        for candidate in (bound - count)..<bound {
            let drawn = below(candidate + 1)
            if !chosen.insert(drawn).inserted {
                chosen.insert(candidate)
            }
        }
        return chosen.sorted()
    }
}
