// Parts as bytes: what ``Parts/digest`` is of.
extension Parts {
    /// The vectors' and tables' canonical bytes in their order, and the numbers' (IEEE 754, little-endian) after them.
    public var canonicalBytes: [UInt8] {
        values.withCanonicalBytes { Array($0) }
            + scalars.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
    }

    /// Parts from ``canonicalBytes``; `nil` where these are not as many as the layout has.
    public init?(layout: PartsLayout, canonicalBytes bytes: UnsafeRawBufferPointer) {
        let vectorBytes = layout.combined.byteCount
        guard bytes.count == vectorBytes + 8 * layout.scalars.count,
            let values = ParameterVector(
                layout: layout.combined, canonicalBytes: UnsafeRawBufferPointer(rebasing: bytes[..<vectorBytes]))
        else { return nil }
        let scalars = layout.scalars.indices.map { index in
            Double(
                bitPattern: UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: vectorBytes + 8 * index, as: UInt64.self)))
        }
        self.init(layout: layout, values: values, scalars: scalars)
    }
}
