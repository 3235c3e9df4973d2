import Foundation

/// One quantity, measured as often as it was asked for; the median counts.
struct Repeated: Sendable {
    private var values: [Double] = []

    mutating func note(_ value: Double) {
        values.append(value)
    }

    /// 0 before the first measurement.
    var median: Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
    }

    /// 0 before the first measurement.
    var least: Double { values.min() ?? 0 }
    /// 0 before the first measurement.
    var most: Double { values.max() ?? 0 }
    /// The standard deviation of the logarithms; 0 before the second measurement.
    var logarithmicDeviation: Double {
        guard values.count > 1, least > 0 else { return 0 }
        let logarithms = values.map { log($0) }
        let mean = logarithms.reduce(0, +) / Double(values.count)
        let squares = logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(values.count - 1)).squareRoot()
    }
    /// The number of measurements.
    var count: Int { values.count }
}
