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

    /// The values of the tensors that another layout has.
    ///
    /// - Precondition: all of its tensors are this one's, of the same size.
    public func selecting(_ other: ParameterLayout) -> ParameterVector {
        guard other != layout else { return self }
        var result = ParameterVector(zerosFor: other)
        result.withMutableValues { target in
            withValues { source in
                for (own, part) in layout.matching(other) {
                    for index in 0..<part.count { target[part.lowerBound + index] = source[own.lowerBound + index] }
                }
            }
        }
        return result
    }

    /// Puts another vector's tensors in the place of those of the same names.
    ///
    /// - Precondition: all of its tensors are this one's, of the same size.
    public mutating func replace(with other: ParameterVector) {
        guard other.layout != layout else {
            self = other
            return
        }
        let matches = layout.matching(other.layout)
        withMutableValues { target in
            other.withValues { source in
                for (own, part) in matches {
                    for index in 0..<part.count { target[own.lowerBound + index] = source[part.lowerBound + index] }
                }
            }
        }
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

extension ParameterLayout {
    /// Where each tensor of another layout lies here and there.
    fileprivate func matching(_ other: ParameterLayout) -> [(own: Range<Int>, other: Range<Int>)] {
        let places = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.range) })
        return other.tensors.map { tensor in
            guard let own = places[tensor.name], own.count == tensor.range.count else {
                preconditionFailure("there is no tensor \(tensor.name) of this size")
            }
            return (own, tensor.range)
        }
    }
}
