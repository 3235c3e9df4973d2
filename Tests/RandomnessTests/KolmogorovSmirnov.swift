import Glibc

/// The one-sample test of Kolmogorov and Smirnov: do draws follow a continuous distribution?
enum KolmogorovSmirnov {
    /// √n times the largest distance between the draws' distribution and `cumulative`. For draws that do follow it,
    /// this is above 1.95 once in a thousand times.
    static func statistic(_ draws: [Double], cumulative: (Double) -> Double) -> Double {
        let count = Double(draws.count)
        var largest = 0.0
        for (index, draw) in draws.sorted().enumerated() {
            let expected = cumulative(draw)
            largest = max(largest, expected - Double(index) / count, Double(index + 1) / count - expected)
        }
        return largest * count.squareRoot()
    }

    /// Φ, the standard normal distribution.
    static func normal(_ x: Double) -> Double {
        0.5 * erfc(-x / 2.0.squareRoot())
    }

    /// The gamma distribution with scale 1: P(a, x) = xᵃ e⁻ˣ Σ xⁿ / Γ(a + n + 1), all of whose terms are positive.
    static func gamma(shape: Double, _ x: Double) -> Double {
        guard x > 0 else { return 0 }
        var term = exp(shape * log(x) - x - lgamma(shape + 1))
        var sum = 0.0
        var n = 0.0
        while term > 1e-17 * sum || n < x {
            sum += term
            n += 1
            term *= x / (shape + n)
        }
        return sum
    }
}
