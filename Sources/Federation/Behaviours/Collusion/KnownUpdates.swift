import Learning
public import Parameters

/// The honest updates that clients which collude know, as the models that were trained, in the order of client ids.
///
/// All sums are taken in Double and in that order, so that every attacker comes to the same, wherever it is hosted.
public struct KnownUpdates: Sendable {
    /// The most clients whose updates may be known: they are trained once more wherever an attacker is hosted, and their models
    /// are in memory together.
    public static let most = 1_000

    /// w, the round's model.
    public let start: ParameterVector
    /// xᵢ; may be none.
    public let models: [ParameterVector]

    public init(start: ParameterVector, models: [ParameterVector]) {
        self.start = start
        self.models = models
    }

    /// The vector whose coordinates are what `formula` makes of the model's coordinate w, and mean μ and standard deviation σ
    /// (with n in the denominator) of the known updates' differences from it.
    public func combined(_ formula: (_ start: Double, _ mean: Double, _ deviation: Double) -> Double) -> ParameterVector
    {
        var result = start
        guard !models.isEmpty else { return result }
        let count = Double(models.count)
        // Some coordinates at a time, so that each model is read in order.
        let width = 4096
        var means = [Double](repeating: 0, count: width)
        var squares = [Double](repeating: 0, count: width)
        result.withMutableValues { values in
            for first in stride(from: 0, to: values.count, by: width) {
                let range = first..<min(first + width, values.count)
                for index in 0..<range.count { (means[index], squares[index]) = (0, 0) }
                for model in models {
                    model.withValues { model in
                        for index in 0..<range.count {
                            means[index] += Double(model[first + index]) - Double(values[first + index])
                        }
                    }
                }
                for index in 0..<range.count { means[index] /= count }
                for model in models {
                    model.withValues { model in
                        for index in 0..<range.count {
                            let value =
                                Double(model[first + index]) - Double(values[first + index]) - means[index]
                            squares[index] += value * value
                        }
                    }
                }
                for index in 0..<range.count {
                    values[first + index] = Float(
                        formula(Double(values[first + index]), means[index], (squares[index] / count).squareRoot()))
                }
            }
        }
        return result
    }

    /// ⟨xᵢ − w, xⱼ − w⟩ at [i · n + j], where `vector`, if there is one, is the last of n points.
    func products(with vector: ParameterVector? = nil) -> [Double] {
        let points = models + (vector.map { [$0] } ?? [])
        var sums = [Double](repeating: 0, count: points.count * points.count)
        guard !points.isEmpty else { return sums }
        var block = RowBlock(rows: points.count)
        start.withValues { start in
            for first in stride(from: 0, to: start.count, by: RowBlock.columns) {
                let columns = min(RowBlock.columns, start.count - first)
                for (row, point) in points.enumerated() {
                    block.withRow(row) { values in
                        point.withValues { point in
                            for column in 0..<columns { values[column] = point[first + column] - start[first + column] }
                        }
                    }
                }
                block.addInnerProducts(columns: columns, to: &sums)
            }
        }
        for row in 0..<points.count {
            for column in 0..<row { sums[column * points.count + row] = sums[row * points.count + column] }
        }
        return sums
    }
}
