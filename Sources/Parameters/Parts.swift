/// Named vectors with the tensors of one model, named tables, and named numbers: what a round sends out, what a client sends
/// back, what a server or a client remembers from round to round.
///
/// The names are the method's own; asking for one that it has not declared is a mistake in the method and traps.
public struct Parts: Sendable, Equatable {
    public let layout: PartsLayout
    /// All vectors, one after the other, in the layout's order, and the tables after them.
    public private(set) var values: ParameterVector
    /// The numbers in the layout's order.
    public private(set) var scalars: [Double]

    /// All zeros.
    public init(zerosFor layout: PartsLayout) {
        self.layout = layout
        values = ParameterVector(zerosFor: layout.combined)
        scalars = [Double](repeating: 0, count: layout.scalars.count)
    }

    /// - Precondition: both are as long as the layout says.
    public init(layout: PartsLayout, values: ParameterVector, scalars: [Double] = []) {
        precondition(values.layout == layout.combined && scalars.count == layout.scalars.count)
        self.layout = layout
        self.values = values
        self.scalars = scalars
    }

    /// One of the vectors; a copy, unless it is the only one.
    public subscript(vector name: String) -> ParameterVector {
        get {
            let range = layout.range(of: name)
            if layout.isSingleVector { return values }
            return ParameterVector(layout: layout.model, values: values.withValues { Array($0[range]) })
        }
        set {
            precondition(newValue.layout.count == layout.model.count)
            guard !layout.isSingleVector else {
                _ = layout.range(of: name)
                values = newValue
                return
            }
            withMutableValues(of: name) { target in
                newValue.withValues { _ = target.update(fromContentsOf: $0) }
            }
        }
    }

    /// One of the numbers.
    public subscript(scalar name: String) -> Double {
        get { scalars[layout.place(of: name)] }
        set { scalars[layout.place(of: name)] = newValue }
    }

    /// One of the tables, row by row; a copy.
    public subscript(table name: String) -> ParameterVector {
        get {
            let (range, table) = layout.place(ofTable: name)
            return ParameterVector(layout: table.layout, values: values.withValues { Array($0[range]) })
        }
        set {
            let (range, table) = layout.place(ofTable: name)
            precondition(newValue.layout == table.layout)
            values.withMutableValues { values in
                newValue.withValues {
                    _ = UnsafeMutableBufferPointer(rebasing: values[range]).update(fromContentsOf: $0)
                }
            }
        }
    }

    /// Those of the vectors, tables and numbers that are in another layout.
    ///
    /// - Precondition: all of its names are these parts', its tables are these, and all tensors of its vectors are in these.
    public func selecting(_ other: PartsLayout) -> Parts {
        guard other != layout else { return self }
        var result = Parts(zerosFor: other)
        for name in other.vectors { result[vector: name] = self[vector: name].selecting(other.model) }
        for table in other.tables { result[table: table.name] = self[table: table.name] }
        for name in other.scalars { result[scalar: name] = self[scalar: name] }
        return result
    }

    /// Hands a vector's values out for reading.
    public func withValues<Result>(of name: String, _ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
        let range = layout.range(of: name)
        return values.withValues { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    /// Hands a vector's values out for change, in place.
    public mutating func withMutableValues<Result>(
        of name: String, _ body: (UnsafeMutableBufferPointer<Float>) -> Result
    ) -> Result {
        let range = layout.range(of: name)
        return values.withMutableValues { body(UnsafeMutableBufferPointer(rebasing: $0[range])) }
    }

    /// SHA-256 of the vectors' and tables' canonical bytes in their order and the numbers' bytes (IEEE 754, little-endian) after
    /// them. Of a single vector without numbers it is that vector's digest.
    public var digest: ContentDigest {
        if scalars.isEmpty { return values.digest }
        var hasher = ContentDigest.Hasher()
        values.withCanonicalBytes { hasher.update($0) }
        return Self.digest(continuing: hasher, scalars)
    }

    /// The digest of parts whose vectors' bytes have gone into the hasher.
    public static func digest(continuing hasher: ContentDigest.Hasher, _ scalars: [Double]) -> ContentDigest {
        var hasher = hasher
        for scalar in scalars {
            withUnsafeBytes(of: scalar.bitPattern.littleEndian) { hasher.update($0) }
        }
        return hasher.finalize()
    }

    /// The same parts, which know the digest of their vectors until these are changed.
    public func rememberingDigest() -> Parts {
        var copy = self
        copy.values = values.rememberingDigest()
        return copy
    }

    /// Whether every value and every number is finite.
    public var isFinite: Bool { values.isFinite && scalars.allSatisfy(\.isFinite) }
}
