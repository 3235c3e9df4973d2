internal import Glibc

/// Round values on an axis: multiples of 1, 2 or 5 times a power of ten.
struct AxisTicks {
    /// Ascending; within the range, or its ends widened to round values.
    let values: [Double]
    /// The digits after the point that tell the values apart.
    let places: Int

    /// At most about `count` ticks for `range`.
    ///
    /// - Parameters:
    ///   - wholeNumbers: whether ticks are whole numbers, as rounds are.
    ///   - widening: whether the ticks enclose the range instead of lying in it.
    init(_ range: ClosedRange<Double>, count: Int, wholeNumbers: Bool = false, widening: Bool = false) {
        let length = max(range.upperBound - range.lowerBound, abs(range.upperBound) * 1e-9, 1e-12)
        let rough = length / Double(max(1, count - 1))
        let power = pow(10, floor(log10(rough)))
        let round = [1, 2, 5, 10].lazy.map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
        let step = wholeNumbers ? max(1, round.rounded()) : round
        places = wholeNumbers ? 0 : max(0, Int(-floor(log10(step) + 1e-9)))
        // A hair of tolerance, or 0.3 / 0.1 loses the last tick.
        let first =
            widening
            ? floor(range.lowerBound / step + 1e-9) : ceil(range.lowerBound / step - 1e-9)
        let last =
            widening
            ? ceil(range.upperBound / step - 1e-9) : floor(range.upperBound / step + 1e-9)
        guard last >= first, last - first < 1000 else {
            values = [range.lowerBound]
            return
        }
        values = (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    /// The text of `value`, short however large or small it is.
    func label(_ value: Double) -> String {
        abs(value) < 1e7 && places <= 6 ? NumberFormat.fixed(value, places) : NumberFormat.scientific(value)
    }
}
