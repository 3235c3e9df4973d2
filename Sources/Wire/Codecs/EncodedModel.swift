public import NIOCore
public import Parameters

/// The global model of a round as frames, made once and sent to every worker as they are.
public struct EncodedModel: Sendable {
    public let header: ModelHeader
    /// The header's frame and one for each chunk. Sending a buffer to many channels copies nothing.
    public let frames: [ByteBuffer]
    private let encoded: EncodedParameters
    /// Bytes of the model in a frame.
    public let chunkSize: Int

    /// - Parameters:
    ///   - broadcast: what goes out.
    ///   - seed: of the run.
    ///   - chunkSize: bytes of the model in a frame, at least 1; the one of the ``Welcome``s.
    /// - Precondition: the model has at least one value.
    public init(_ broadcast: Parts, round: UInt32, codec: Codec, seed: UInt64, chunkSize: Int) {
        precondition(broadcast.layout.combined.count > 0 && chunkSize > 0)
        let encoded = codec.encode(broadcast: broadcast.values, round: round, seed: seed)
        self.init(
            encoded, digest: encoded.receivedDigest(broadcast, codec), round: round, codec: codec, chunkSize: chunkSize)
    }

    /// A model whose bytes are the canonical ones.
    ///
    /// - Precondition: the model has at least one value.
    public init(parameters: ParameterVector, round: UInt32, chunkSize: Int) {
        self.init(
            Parts(layout: PartsLayout(parameters.layout, vectors: ["model"]), values: parameters), round: round,
            codec: .f32, seed: 0, chunkSize: chunkSize)
    }

    /// The same model in chunks of another size, at least 1.
    public func again(chunkSize: Int) -> EncodedModel {
        precondition(chunkSize > 0)
        return EncodedModel(
            encoded, digest: header.digest, round: header.round, codec: header.codec, chunkSize: chunkSize)
    }

    private init(_ encoded: EncodedParameters, digest: ContentDigest, round: UInt32, codec: Codec, chunkSize: Int) {
        let header = ModelHeader(
            round: round, digest: digest, codec: codec, byteCount: UInt64(encoded.byteCount))
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
