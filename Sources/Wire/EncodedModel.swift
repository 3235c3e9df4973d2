public import NIOCore
public import Parameters

/// The global model of a round as frames, made once and sent to every worker as they are.
public struct EncodedModel: Sendable {
    public let header: ModelHeader
    /// The header's frame and one for each chunk. Sending a buffer to many channels copies nothing.
    public let frames: [ByteBuffer]

    /// - Parameter chunkSize: bytes of the model in a frame, at least 1; the one of the ``Welcome``s.
    /// - Precondition: the model has at least one value.
    public init(parameters: ParameterVector, round: UInt32, codec: Codec = .f32, chunkSize: Int) {
        precondition(parameters.layout.count > 0 && chunkSize > 0)
        let encoded = codec.implementation.encode(parameters)
        let header = ModelHeader(
            round: round, digest: parameters.digest, codec: codec, byteCount: UInt64(encoded.byteCount))
        var frames = [Message.modelHeader(header).frame()]
        var start = 0
        while start < encoded.byteCount {
            let end = min(start + chunkSize, encoded.byteCount)
            var frame = ByteBufferAllocator().buffer(capacity: WireLimits.chunkOverhead + end - start)
            frame.writeFrame(.modelChunk) { buffer in
                ModelChunk.writeFields(round: round, offset: UInt64(start), to: &buffer)
                encoded.write(start..<end, to: &buffer)
            }
            frames.append(frame)
            start = end
        }
        self.header = header
        self.frames = frames
    }

    /// The number of bytes in all frames together.
    public var frameBytes: Int { frames.reduce(0) { $0 + $1.readableBytes } }
}
