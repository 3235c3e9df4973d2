internal import NIOCore
public import Parameters

/// Coordinator → worker: the global model of a round follows in ``ModelChunk``s.
public struct ModelHeader: Sendable, Equatable {
    /// From 1.
    public var round: UInt32
    /// SHA-256 of the canonical bytes.
    public var digest: ContentDigest
    public var codec: Codec
    /// The number of encoded bytes in all the chunks together; at least 1.
    public var byteCount: UInt64

    public init(round: UInt32, digest: ContentDigest, codec: Codec, byteCount: UInt64) {
        self.round = round
        self.digest = digest
        self.codec = codec
        self.byteCount = byteCount
    }
}

extension ModelHeader: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        round = try reader.round()
        digest = try reader.digest("digest")
        codec = try reader.codec()
        byteCount = try reader.integer("byteCount", in: 1...UInt64.max)
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(round)
        buffer.writeField(digest)
        buffer.writeField(codec.rawValue)
        buffer.writeField(byteCount)
    }
}
