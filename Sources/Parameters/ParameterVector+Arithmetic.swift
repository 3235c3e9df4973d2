extension ParameterVector {
    /// Each value becomes what `formula` makes, in Double, of it and of the other vector's value at its place.
    ///
    /// - Precondition: both have as many values.
    @inlinable
    public mutating func apply(_ other: ParameterVector, _ formula: (_ own: Double, _ other: Double) -> Double) {
        precondition(layout.count == other.layout.count)
        withMutableValues { own in
            other.withValues { other in
                for index in 0..<own.count { own[index] = Float(formula(Double(own[index]), Double(other[index]))) }
            }
        }
    }

    /// Each value becomes what `formula` makes, in Double, of it and of the other vectors' values at its place.
    ///
    /// - Precondition: all have as many values.
    @inlinable
    public mutating func apply(
        _ first: ParameterVector, _ second: ParameterVector,
        _ formula: (_ own: Double, _ first: Double, _ second: Double) -> Double
    ) {
        precondition(layout.count == first.layout.count && layout.count == second.layout.count)
        withMutableValues { own in
            first.withValues { first in
                second.withValues { second in
                    for index in 0..<own.count {
                        own[index] = Float(formula(Double(own[index]), Double(first[index]), Double(second[index])))
                    }
                }
            }
        }
    }

    /// The vector whose values are what `formula` makes of this one's and the other's.
    @inlinable
    public func combined(
        with other: ParameterVector, _ formula: (_ own: Double, _ other: Double) -> Double
    ) -> ParameterVector {
        var result = self
        result.apply(other, formula)
        return result
    }

    /// ‖x − y‖², summed in Double in the order of the values, so that it is the same everywhere.
    public func squaredDistance(to other: ParameterVector) -> Double {
        precondition(layout.count == other.layout.count)
        return withValues { own in
            other.withValues { other in
                var sum = 0.0
                for index in 0..<own.count {
                    let difference = Double(own[index]) - Double(other[index])
                    sum += difference * difference
                }
                return sum
            }
        }
    }
}
