internal import NIOCore

/// Coordinator → worker: what is missing of the model that the worker said it has a part of (``ModelHeld``) follows in
/// ``ModelChunk``s; nothing, if it has all.
public struct ModelRest: Sendable, Equatable {
    public var header: ModelHeader
    /// Where the first chunk begins: as many encoded bytes as the worker has.
    public var offset: UInt64

    public init(header: ModelHeader, offset: UInt64) {
        self.header = header
        self.offset = offset
    }
}

extension ModelRest: MessagePayload {
    init(from reader: inout MessageReader) throws(WireError) {
        header = try ModelHeader(from: &reader)
        offset = try reader.integer("offset", in: 1...header.byteCount)
    }

    func write(to buffer: inout ByteBuffer) {
        header.write(to: &buffer)
        buffer.writeField(offset)
    }
}
