public import NIOCore
public import Parameters

/// A model or an update that is being received: chunks in order, within the bounds of the layout, the digest checked
/// at the end.
///
/// No memory is taken before the length has been found right for the layout, and pages only as bytes come. A digest of
/// canonical bytes is taken as they come, so that the end costs little.
public struct IncomingTransfer: Sendable {
    private let byteCount: Int
    private let codec: Codec
    private let digest: ContentDigest
    private let layout: ParameterLayout
    private var bytes: [UInt8] = []
    private var hasher = ContentDigest.Hasher()

    /// - Parameter layout: the model's, from a source that is trusted as much as its size demands.
    /// - Throws: ``WireError/Code/transferLength`` if `byteCount` is none that the codec makes of the layout.
    public init(
        byteCount: UInt64, codec: Codec, digest: ContentDigest, layout: ParameterLayout
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
        self.layout = layout
    }

    /// Whether all bytes are there.
    public var isComplete: Bool { bytes.count == byteCount }

    /// Takes in the next chunk.
    ///
    /// - Returns: whether all bytes are there now.
    /// - Throws: ``WireError/Code/transferOutOfOrder`` or ``WireError/Code/transferLength``; nothing is taken in then.
    public mutating func append(offset: UInt64, bytes chunk: ByteBuffer) throws(WireError) -> Bool {
        guard offset == UInt64(bytes.count) else {
            throw WireError(.transferOutOfOrder, "a chunk at \(offset) came where \(bytes.count) was next")
        }
        guard chunk.readableBytes <= byteCount - bytes.count else {
            throw WireError(
                .transferLength,
                "a chunk of \(chunk.readableBytes) bytes at \(offset) goes beyond the transfer's \(byteCount)")
        }
        // With the first bytes: a header alone takes none.
        if bytes.isEmpty { bytes.reserveCapacity(byteCount) }
        chunk.withUnsafeReadableBytes { piece in
            bytes.append(contentsOf: piece)
            if codec.isCanonical { hasher.update(piece) }
        }
        return isComplete
    }

    /// The parameters; the transfer is empty afterwards.
    ///
    /// - Throws: ``WireError/Code/transferLength`` if bytes are missing, ``WireError/Code/digestMismatch`` if they are
    ///   not those that the digest was taken of.
    public mutating func finish() throws(WireError) -> ParameterVector {
        let received = bytes
        bytes = []
        guard received.count == byteCount else {
            throw WireError(.transferLength, "a transfer of \(byteCount) bytes ended after \(received.count)")
        }
        let parameters = try received.withUnsafeBufferPointer { (bytes) throws(WireError) in
            try codec.implementation.decode(UnsafeRawBufferPointer(bytes), layout: layout)
        }
        let actual = codec.isCanonical ? hasher.finalize() : parameters.digest
        guard actual == digest else {
            throw WireError(.digestMismatch, "the digest is \(actual.short)… where \(digest.short)… was announced")
        }
        return parameters
    }
}
