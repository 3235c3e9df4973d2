internal import NIOCore
public import Parameters

/// The bytes that a codec made, from which chunks are cut.
public struct EncodedParameters: Sendable {
    private enum Storage {
        case canonical(ParameterVector)
        case bytes([UInt8])
    }

    private let storage: Storage
    /// The number of encoded bytes.
    public let byteCount: Int

    /// The canonical bytes, which stay where they are.
    public init(canonical parameters: ParameterVector) {
        storage = .canonical(parameters)
        byteCount = parameters.layout.byteCount
    }

    /// Bytes that a codec made.
    public init(bytes: [UInt8]) {
        storage = .bytes(bytes)
        byteCount = bytes.count
    }

    /// What a peer makes of the bytes.
    ///
    /// - Parameter codec: the one that made them.
    public func decoded(by codec: Codec, layout: ParameterLayout) throws(WireError) -> ParameterVector {
        switch storage {
        case .canonical(let parameters): parameters
        case .bytes(let bytes):
            try bytes.withUnsafeBufferPointer { (bytes) throws(WireError) in
                try codec.implementation.decode(UnsafeRawBufferPointer(bytes), layout: layout)
            }
        }
    }

    /// The digest of what a peer makes of the bytes, with the numbers that go beside them: a lossy codec's parts are other
    /// than those that were encoded.
    func receivedDigest(_ parts: Parts, _ codec: Codec) -> ContentDigest {
        // What this side encoded, it can decode.
        guard !codec.isCanonical, let values = try? decoded(by: codec, layout: parts.layout.combined) else {
            return parts.digest
        }
        return Parts(layout: parts.layout, values: values, scalars: parts.scalars).digest
    }

    /// Appends the bytes of `range` to `buffer`: the only copy between the parameters and the socket.
    func write(_ range: Range<Int>, to buffer: inout ByteBuffer) {
        switch storage {
        case .canonical(let parameters):
            parameters.withCanonicalBytes { _ = buffer.writeBytes(UnsafeRawBufferPointer(rebasing: $0[range])) }
        case .bytes(let bytes):
            bytes.withUnsafeBytes { _ = buffer.writeBytes(UnsafeRawBufferPointer(rebasing: $0[range])) }
        }
    }
}
