public import Federation
public import NIOCore
public import Parameters

/// A client's update as frames, made one by one as the connection takes them.
public struct OutgoingUpdate: Sendable, Sequence {
    public private(set) var header: UpdateHeader
    private let layout: PartsLayout
    private let encoded: EncodedParameters
    /// Bytes of the update in a frame.
    public private(set) var chunkSize: Int

    /// - Parameters:
    ///   - examples, loss, accuracy, steps, trainMicroseconds, stateRound: as in ``UpdateHeader``.
    ///   - parts: as they are to arrive, but for what the codec loses.
    ///   - seed: of the run.
    ///   - chunkSize: bytes of the update in a frame, at least 1; the one of the ``Welcome``.
    /// - Precondition: the model has at least one value.
    public init(
        key: UpdateKey, examples: UInt32, loss: Double, accuracy: Double, steps: UInt32, trainMicroseconds: UInt64,
        parts: Parts, stateRound: UInt32 = 0, codec: Codec, seed: UInt64, chunkSize: Int
    ) {
        precondition(parts.layout.combined.count > 0 && chunkSize > 0)
        layout = parts.layout
        encoded = codec.encode(update: parts.values, key: key, seed: seed)
        header = UpdateHeader(
            key: key, examples: examples, codec: codec, byteCount: UInt64(encoded.byteCount),
            digest: encoded.receivedDigest(parts, codec), loss: loss, accuracy: accuracy, steps: steps,
            trainMicroseconds: trainMicroseconds, stateRound: stateRound, scalars: parts.scalars)
        self.chunkSize = chunkSize
    }

    /// An update whose one part is the trained parameters, as their canonical bytes.
    public init(
        key: UpdateKey, examples: UInt32, loss: Double, accuracy: Double, steps: UInt32, trainMicroseconds: UInt64,
        parameters: ParameterVector, chunkSize: Int
    ) {
        self.init(
            key: key, examples: examples, loss: loss, accuracy: accuracy, steps: steps,
            trainMicroseconds: trainMicroseconds,
            parts: Parts(layout: PartsLayout(parameters.layout, vectors: ["parameters"]), values: parameters),
            codec: .f32, seed: 0, chunkSize: chunkSize)
    }

    /// The same update for a later invitation, on a connection with other chunks.
    ///
    /// - Parameter chunkSize: at least 1.
    public func again(as key: UpdateKey, chunkSize: Int) -> OutgoingUpdate {
        precondition(chunkSize > 0)
        var update = self
        update.header.key = key
        update.chunkSize = chunkSize
        return update
    }

    /// The same update of a client that took so long for its training.
    public func trained(in duration: Duration) -> OutgoingUpdate {
        var update = self
        update.header.trainMicroseconds = UInt64(Swift.max(0, duration / .microseconds(1)))
        return update
    }

    /// The parts as they arrive.
    public func decoded() throws(WireError) -> Parts {
        Parts(
            layout: layout, values: try encoded.decoded(by: header.codec, layout: layout.combined),
            scalars: header.scalars)
    }

    /// The header's frame, then one for each chunk.
    public func makeIterator() -> Iterator {
        Iterator(header: header, encoded: encoded, chunkSize: chunkSize, offset: nil)
    }

    /// The frames of the chunks from `offset` on, without a header.
    public func chunks(from offset: UInt64) -> IteratorSequence<Iterator> {
        let start = Int(clamping: offset)
        return IteratorSequence(Iterator(header: header, encoded: encoded, chunkSize: chunkSize, offset: start))
    }

    public struct Iterator: IteratorProtocol, Sendable {
        private let header: UpdateHeader
        private let encoded: EncodedParameters
        private let chunkSize: Int
        /// Where the next chunk begins; `nil` before the header.
        private var offset: Int?

        fileprivate init(header: UpdateHeader, encoded: EncodedParameters, chunkSize: Int, offset: Int?) {
            self.header = header
            self.encoded = encoded
            self.chunkSize = chunkSize
            self.offset = offset
        }

        public mutating func next() -> ByteBuffer? {
            guard let start = offset else {
                offset = 0
                return Message.updateHeader(header).frame()
            }
            guard start < encoded.byteCount else { return nil }
            let end = Swift.min(start + chunkSize, encoded.byteCount)
            offset = end
            var frame = ByteBufferAllocator().buffer(capacity: WireLimits.chunkOverhead + end - start)
            frame.writeFrame(.updateChunk) { buffer in
                UpdateChunk.writeFields(key: header.key, offset: UInt64(start), to: &buffer)
                encoded.write(start..<end, to: &buffer)
            }
            return frame
        }
    }
}
