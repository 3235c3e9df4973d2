public import NIOCore

/// Coordinator → worker: the next bytes of the model that a ``ModelHeader`` announced.
public struct ModelChunk: Sendable, Equatable {
    public var round: UInt32
    /// Where the bytes belong: as many as came before.
    public var offset: UInt64
    /// At least one; a view of the bytes received.
    public var bytes: ByteBuffer

    public init(round: UInt32, offset: UInt64, bytes: ByteBuffer) {
        self.round = round
        self.offset = offset
        self.bytes = bytes
    }
}

extension ModelChunk: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        round = try reader.round()
        offset = try reader.integer("offset")
        bytes = try reader.rest("bytes")
    }

    func write(to buffer: inout ByteBuffer) {
        Self.writeFields(round: round, offset: offset, to: &buffer)
        buffer.writeImmutableBuffer(bytes)
    }

    /// What comes before the bytes.
    static func writeFields(round: UInt32, offset: UInt64, to buffer: inout ByteBuffer) {
        buffer.writeField(round)
        buffer.writeField(offset)
    }
}
