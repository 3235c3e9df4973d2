public import Federation
internal import NIOCore

/// Coordinator → worker: where the ``UpdateChunk``s of the update that was offered begin.
public struct UpdateOffset: Sendable, Equatable {
    public var key: UpdateKey
    /// As many encoded bytes as are there already; fewer than the update has.
    public var offset: UInt64

    public init(key: UpdateKey, offset: UInt64) {
        self.key = key
        self.offset = offset
    }
}

extension UpdateOffset: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        key = try UpdateKey(from: &reader)
        offset = try reader.integer("offset")
    }

    func write(to buffer: inout ByteBuffer) {
        key.write(to: &buffer)
        buffer.writeField(offset)
    }
}
