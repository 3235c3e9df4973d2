public import Federation
public import NIOCore

/// Worker → coordinator: the next bytes of the update that an ``UpdateHeader`` announced.
public struct UpdateChunk: Sendable, Equatable {
    public var key: UpdateKey
    /// Where the bytes belong: as many as came before.
    public var offset: UInt64
    /// At least one; a view of the bytes received.
    public var bytes: ByteBuffer

    public init(key: UpdateKey, offset: UInt64, bytes: ByteBuffer) {
        self.key = key
        self.offset = offset
        self.bytes = bytes
    }
}

extension UpdateChunk: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        key = try UpdateKey(from: &reader)
        offset = try reader.integer("offset")
        bytes = try reader.rest("bytes")
    }

    func write(to buffer: inout ByteBuffer) {
        Self.writeFields(key: key, offset: offset, to: &buffer)
        buffer.writeImmutableBuffer(bytes)
    }

    /// What comes before the bytes.
    static func writeFields(key: UpdateKey, offset: UInt64, to buffer: inout ByteBuffer) {
        key.write(to: &buffer)
        buffer.writeField(offset)
    }
}
