public import NIOCore
public import Parameters

/// The global model of a round as frames, made once and sent to every worker as they are.
public struct EncodedModel: Sendable {
    public let header: ModelHeader
    /// The header's frame and one for each chunk. Sending a buffer to many channels copies nothing.
    public let frames: [ByteBuffer]
    private let encoded: EncodedParameters
    private let chunkSize: Int

    /// - Parameter chunkSize: bytes of the model in a frame, at least 1; the one of the ``Welcome``s.
    /// - Precondition: the model has at least one value.
    public init(parameters: ParameterVector, round: UInt32, codec: Codec = .f32, chunkSize: Int) {
        precondition(parameters.layout.count > 0 && chunkSize > 0)
        let encoded = codec.implementation.encode(parameters)
        let header = ModelHeader(
            round: round,
            digest: encoded.receivedDigest(
                Parts(layout: PartsLayout(parameters.layout, vectors: ["model"]), values: parameters), codec),
            codec: codec, byteCount: UInt64(encoded.byteCount))
        var frames = [Message.modelHeader(header).frame()]
        var start = 0
        while start < encoded.byteCount {
            let end = min(start + chunkSize, encoded.byteCount)
            frames.append(Self.chunk(start..<end, of: encoded, round: round))
            start = end
        }
        self.header = header
        self.frames = frames
        self.encoded = encoded
        self.chunkSize = chunkSize
    }

    private static func chunk(_ range: Range<Int>, of encoded: EncodedParameters, round: UInt32) -> ByteBuffer {
        var frame = ByteBufferAllocator().buffer(capacity: WireLimits.chunkOverhead + range.count)
        frame.writeFrame(.modelChunk) { buffer in
            ModelChunk.writeFields(round: round, offset: UInt64(range.lowerBound), to: &buffer)
            encoded.write(range, to: &buffer)
        }
        return frame
    }

    /// The frames for a worker that has a part already: a ``ModelRest``, and the chunks that are missing. `nil` if what it
    /// has is no part of this model.
    public func rest(after held: ModelHeld) -> [ByteBuffer]? {
        guard held.header == header, let offset = Int(exactly: held.offset), (1...encoded.byteCount).contains(offset)
        else { return nil }
        var rest = [Message.modelRest(ModelRest(header: header, offset: held.offset)).frame()]
        // The frames that are made already begin where a chunk does.
        let whole = (offset + chunkSize - 1) / chunkSize
        let boundary = min(whole * chunkSize, encoded.byteCount)
        if offset < boundary { rest.append(Self.chunk(offset..<boundary, of: encoded, round: header.round)) }
        return rest + frames.dropFirst(1 + whole)
    }

    /// The number of bytes in all frames together.
    public var frameBytes: Int { frames.reduce(0) { $0 + $1.readableBytes } }
}
