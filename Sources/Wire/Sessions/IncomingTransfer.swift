public import NIOCore
public import Parameters

/// A model or an update that is being received: chunks in order, within the bounds of the layout, the digest checked
/// at the end.
///
/// No memory is taken before the length has been found right for the layout, and pages only as bytes come. Canonical bytes
/// go where the parameters will be, and their digest is taken as they come, so that the end costs next to nothing.
public struct IncomingTransfer: Sendable {
    private let byteCount: Int
    private let codec: Codec
    private let digest: ContentDigest
    /// What goes with the vectors and is part of the digest.
    private let scalars: [Double]
    /// Of all vectors together.
    public let layout: ParameterLayout
    private var count = 0
    /// Canonical bytes, as the values that they are; a value that is there in part has zeros for the rest.
    private var values: [Float] = []
    /// The bytes of any other codec.
    private var encoded: [UInt8] = []
    private var hasher = ContentDigest.Hasher()

    /// - Parameters:
    ///   - layout: of all vectors together, from a source that is trusted as much as its size demands.
    ///   - scalars: what goes with the vectors and is part of the digest.
    /// - Throws: ``WireError/Code/transferLength`` if `byteCount` is none that the codec makes of the layout.
    public init(
        byteCount: UInt64, codec: Codec, digest: ContentDigest, layout: ParameterLayout, scalars: [Double] = []
    ) throws(WireError) {
        let allowed = codec.implementation.byteCounts(for: layout)
        guard byteCount > 0, allowed.contains(byteCount), let count = Int(exactly: byteCount) else {
            throw WireError(
                .transferLength,
                "a transfer of \(byteCount) bytes came; the model takes \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        self.byteCount = count
        self.codec = codec
        self.digest = digest
        self.scalars = scalars
        self.layout = layout
    }

    /// How many of the encoded bytes are there; where the next chunk begins.
    public var receivedCount: UInt64 { UInt64(count) }

    /// Whether all bytes are there.
    public var isComplete: Bool { count == byteCount }

    /// Takes in the next chunk.
    ///
    /// - Returns: whether all bytes are there now.
    /// - Throws: ``WireError/Code/transferOutOfOrder`` or ``WireError/Code/transferLength``; nothing is taken in then.
    public mutating func append(offset: UInt64, bytes chunk: ByteBuffer) throws(WireError) -> Bool {
        guard offset == UInt64(count) else {
            throw WireError(.transferOutOfOrder, "a chunk at \(offset) came where \(count) was next")
        }
        guard chunk.readableBytes <= byteCount - count else {
            throw WireError(
                .transferLength,
                "a chunk of \(chunk.readableBytes) bytes at \(offset) goes beyond the transfer's \(byteCount)")
        }
        chunk.withUnsafeReadableBytes { piece in
            if codec.isCanonical {
                hasher.update(piece)
                appendCanonical(piece)
            } else {
                // With the first bytes: a header alone takes none.
                if encoded.isEmpty { encoded.reserveCapacity(byteCount) }
                encoded.append(contentsOf: piece)
            }
        }
        count += chunk.readableBytes
        return isComplete
    }

    private mutating func appendCanonical(_ piece: UnsafeRawBufferPointer) {
        if values.isEmpty { values.reserveCapacity(layout.count) }
        let end = count + piece.count
        let size = MemoryLayout<Float>.size
        values.append(contentsOf: repeatElement(0, count: (end + size - 1) / size - values.count))
        values.withUnsafeMutableBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: bytes[count..<end]).copyMemory(from: piece)
        }
    }

    /// The parameters; the transfer is empty afterwards.
    ///
    /// - Throws: ``WireError/Code/transferLength`` if bytes are missing, ``WireError/Code/digestMismatch`` if they are
    ///   not those that the digest was taken of.
    public mutating func finish() throws(WireError) -> ParameterVector {
        let (received, values, encoded) = (count, self.values, self.encoded)
        (count, self.values, self.encoded) = (0, [], [])
        guard received == byteCount else {
            throw WireError(.transferLength, "a transfer of \(byteCount) bytes ended after \(received)")
        }
        guard !codec.isCanonical else {
            try check(Parts.digest(continuing: hasher, scalars))
            return scalars.isEmpty
                ? ParameterVector(layout: layout, values: values, checkedAgainst: digest)
                : ParameterVector(layout: layout, values: values)
        }
        let parameters = try encoded.withUnsafeBufferPointer { (bytes) throws(WireError) in
            try codec.implementation.decode(UnsafeRawBufferPointer(bytes), layout: layout)
        }
        var hasher = ContentDigest.Hasher()
        parameters.withCanonicalBytes { hasher.update($0) }
        try check(Parts.digest(continuing: hasher, scalars))
        return parameters
    }

    private func check(_ actual: ContentDigest) throws(WireError) {
        guard actual == digest else {
            throw WireError(.digestMismatch, "the digest is \(actual.short)… where \(digest.short)… was announced")
        }
    }
}
