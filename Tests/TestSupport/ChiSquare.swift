/// Pearson's chi-square test of counts against what was expected.
public enum ChiSquare {
    /// Σ (observed − expected)² / expected.
    public static func statistic(_ counts: [Int], expected: [Double]) -> Double {
        precondition(counts.count == expected.count)
        return zip(counts, expected).reduce(0) { sum, pair in
            let difference = Double(pair.0) - pair.1
            return sum + difference * difference / pair.1
        }
    }

    /// Whether `counts` look as if all cells were equally likely; wrong for one fair sample in a thousand.
    public static func looksUniform(_ counts: [Int]) -> Bool {
        let expected = Double(counts.reduce(0, +)) / Double(counts.count)
        let found = statistic(counts, expected: counts.map { _ in expected })
        return found < criticalValue(degreesOfFreedom: counts.count - 1)
    }

    /// What the statistic exceeds with probability 0.001 (Wilson and Hilferty's approximation, 1931).
    public static func criticalValue(degreesOfFreedom: Int) -> Double {
        let k = Double(degreesOfFreedom)
        let part = 2 / (9 * k)
        let root = 1 - part + 3.0902 * part.squareRoot()
        return k * root * root * root
    }
}
