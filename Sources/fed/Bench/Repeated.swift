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
    /// The number of measurements.
    var count: Int { values.count }
}
