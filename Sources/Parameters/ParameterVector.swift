/// All the parameters of a model, one Float32 after the other in the order of a ``ParameterLayout``.
///
/// The canonical bytes are these values, little-endian; they are what crosses the network, what is kept in the record
/// and what ``digest`` is taken of.
public struct ParameterVector: Sendable, Equatable {
    public let layout: ParameterLayout
    /// The values; as many as the layout says.
    public private(set) var values: [Float]
    /// ``digest``, if it is known already.
    private var knownDigest: ContentDigest?

    /// All zeros.
    public init(zerosFor layout: ParameterLayout) {
        self.layout = layout
        values = [Float](repeating: 0, count: layout.count)
    }

    /// - Precondition: as many values as the layout has.
    public init(layout: ParameterLayout, values: [Float]) {
        precondition(values.count == layout.count)
        self.layout = layout
        self.values = values
    }

    /// Parameters whose digest has just been checked, so that it need not be computed again.
    ///
    /// - Precondition: as many values as the layout has, and `digest` is theirs.
    package init(layout: ParameterLayout, values: [Float], checkedAgainst digest: ContentDigest) {
        self.init(layout: layout, values: values)
        knownDigest = digest
    }

    /// The parameters in `canonicalBytes`; `nil` unless there are exactly as many bytes as the layout needs.
    public init?(layout: ParameterLayout, canonicalBytes: UnsafeRawBufferPointer) {
        guard canonicalBytes.count == layout.byteCount else { return nil }
        self.layout = layout
        values = [Float](unsafeUninitializedCapacity: layout.count) { buffer, count in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: canonicalBytes)
            count = layout.count
        }
    }

    /// Hands the values out for reading.
    public func withValues<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try values.withUnsafeBufferPointer(body)
    }

    /// Hands the values out for change, in place.
    public mutating func withMutableValues<Result, Failure: Error>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        knownDigest = nil
        return try values.withUnsafeMutableBufferPointer { buffer throws(Failure) in try body(buffer) }
    }

    /// Hands the canonical bytes out; they are the storage itself, nothing is copied.
    public func withCanonicalBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        #if _endian(big)
            #error("canonical bytes are little-endian; a big-endian processor needs a conversion here")
        #endif
        return try values.withUnsafeBufferPointer { buffer throws(Failure) in
            try body(UnsafeRawBufferPointer(buffer))
        }
    }

    /// SHA-256 of the canonical bytes; computed each time unless it is remembered.
    public var digest: ContentDigest {
        knownDigest ?? withCanonicalBytes { ContentDigest(of: $0) }
    }

    /// The same parameters, which know their digest until they are changed: for those that are asked for it more than
    /// once.
    public func rememberingDigest() -> ParameterVector {
        var copy = self
        copy.knownDigest = digest
        return copy
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.layout == right.layout && left.values == right.values
    }

    /// Whether every value is finite.
    public var isFinite: Bool {
        // A NaN or an infinity has all exponent bits set; integers vectorise where a float test would not.
        withValues { values in
            var damaged: UInt32 = 0
            for value in values {
                damaged |= (value.bitPattern & 0x7F80_0000) == 0x7F80_0000 ? 1 : 0
            }
            return damaged == 0
        }
    }
}
