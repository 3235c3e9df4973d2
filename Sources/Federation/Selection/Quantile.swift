/// Quantiles of what has been observed.
enum Quantile {
    /// The least value that is no less than so much of all: the ⌈q n⌉-th; `nil` of none.
    ///
    /// - Parameter quantile: above 0 and at most 1.
    static func nearestRank(_ quantile: Double, of values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let rank = min(max(1, Int((quantile * Double(values.count)).rounded(.up))), values.count)
        return values.sorted()[rank - 1]
    }
}
